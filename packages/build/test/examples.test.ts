import { describeExamples } from '@core/tooling/examples';

describeExamples(new URL('../', import.meta.url));
