export {
  hypervisorConformance,
  type HypervisorConformanceCase,
  type HypervisorSubject,
} from './hypervisor-conformance.ts';
export { bootableFile } from './bootable-file.ts';
export { FakeHypervisor, type FakeHypervisorOptions } from './fake-hypervisor.ts';
export {
  type ConformingManager,
  managerConformance,
  type ManagerConformanceCase,
  type ManagerFeature,
  type ManagerSubject,
} from './manager-conformance.ts';
export {
  buildTestImage,
  TEST_IMAGE_READY,
  TEST_IMAGE_SHUTDOWN,
  type TestImage,
  type TestImageOptions,
} from './vm-image/test-image.ts';

export type { KernelFlavour } from './vm-image/kernel-image.ts';
export { containerRefusalOf } from './refusal.ts';
