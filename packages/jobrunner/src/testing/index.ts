export * from './fake-github/index.ts';
export {
  handlerConformance,
  type HandlerConformanceCase,
  type HandlerSubject,
  type OpenHandler,
} from './handler-conformance.ts';
export { jobrunnerRefusalOf } from './refusal.ts';
export {
  type OpenSource,
  sourceConformance,
  type SourceConformanceCase,
  type SourceSubject,
} from './source-conformance.ts';
