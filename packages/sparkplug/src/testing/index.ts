export { mutated } from '../fuzz/mutate.ts';
export { randomIntegers } from '../fuzz/random.ts';
