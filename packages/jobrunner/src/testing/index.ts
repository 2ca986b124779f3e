export * from './fake-github/index.ts';
export { jobrunnerRefusalOf } from './refusal.ts';
