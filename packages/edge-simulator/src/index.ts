export { brokenMetrics } from './broken-metrics.ts';
export { DeviceModel, type DeviceOptions } from './device-model.ts';
export { EdgeNode, type EdgeDevice, type EdgeNodeOptions } from './edge-node.ts';
export { createRandom, type Random } from './random.ts';
