export { type Capability, type ConformanceCase, type CreateMedium, mediumConformance } from './conformance.ts';
export type { Fault, FaultCall, FaultOp, FaultPlan } from './fault-plan.ts';
export { faulty, type FaultyMedium } from './faulty.ts';
export { refusalOf } from './refusal.ts';
export {
  type ConformanceOptions,
  type ConformanceReport,
  type ConformanceResult,
  runConformance,
} from './run-conformance.ts';
