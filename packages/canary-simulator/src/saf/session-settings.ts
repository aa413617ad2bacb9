import { z } from 'zod';

export interface SessionSettings {
  /** How long a session may be idle, in ms. */
  readonly clientTimeout: number;
  readonly autoCreateDatasets: boolean;
  readonly autoWriteNoData: boolean;
  readonly extendData: boolean;
  readonly insertReplaceData: boolean;
}

/** What a session gets that asks for nothing. */
export const defaultSessionSettings: SessionSettings = {
  clientTimeout: 60_000,
  autoCreateDatasets: false,
  autoWriteNoData: true,
  extendData: true,
  insertReplaceData: false,
};

/** The settings that have an effect here, and those of the real service that are taken and have none. */
export const sessionSettingsSchema = z
  .strictObject({
    clientTimeout: z.int().min(1).max(86_400_000),
    autoCreateDatasets: z.boolean(),
    autoWriteNoData: z.boolean(),
    extendData: z.boolean(),
    insertReplaceData: z.boolean(),
    fileSize: z.int().positive(),
    packetSize: z.int().positive(),
    packetDelay: z.int().nonnegative(),
    packetZip: z.boolean(),
    receiverPort: z.int().positive().nullable(),
    trackErrors: z.boolean(),
    suppressInfoMessages: z.boolean(),
    suppressTimestampErrors: z.boolean(),
  })
  .partial();

/** What is asked for over what was in force. */
export const mergeSettings = (
  inForce: SessionSettings,
  asked: z.infer<typeof sessionSettingsSchema>,
): SessionSettings => ({
  clientTimeout: asked.clientTimeout ?? inForce.clientTimeout,
  autoCreateDatasets: asked.autoCreateDatasets ?? inForce.autoCreateDatasets,
  autoWriteNoData: asked.autoWriteNoData ?? inForce.autoWriteNoData,
  extendData: asked.extendData ?? inForce.extendData,
  insertReplaceData: asked.insertReplaceData ?? inForce.insertReplaceData,
});
