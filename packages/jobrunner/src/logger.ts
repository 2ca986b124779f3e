export type { LogFields, Logger } from '@core/process';
