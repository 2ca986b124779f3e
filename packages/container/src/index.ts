export { AgentClient, type AgentClientOptions } from './agent/agent-client.ts';
export type { AgentHello } from './agent/agent-connection.ts';
export type { TerminalSize } from './agent/command-request.ts';
export type { RemoteCommandOptions } from './agent/remote-command.ts';
export type { Architecture, Container, DataDisk, ProcessIdentity, Starter, Status, Volume } from './container.ts';
export type { CopyOptions, CopyPlace, GuestPlace } from './copy/copy.ts';
export { ContainerError, type ContainerErrorCode, type ContainerErrorOptions } from './errors.ts';
export { execOverSsh } from './exec/exec-over-ssh.ts';
export type { GuestCommandOptions, GuestExit, GuestRunner } from './exec/guest-runner.ts';
export { quoteForShell } from './exec/quote.ts';
export type { SshTarget } from './exec/ssh-target.ts';
export { type Acceleration, type AccelerationRequest, probeAcceleration } from './hypervisors/acceleration.ts';
export { detectHypervisor, type DetectOptions, getHypervisor } from './hypervisors/detect.ts';
export { HyperkitHypervisor, type HyperkitOptions } from './hypervisors/hyperkit/hyperkit-hypervisor.ts';
export type {
  Accelerator,
  Availability,
  HelperCommand,
  Hypervisor,
  HypervisorCapabilities,
  HypervisorCommand,
  HypervisorParts,
  MachineOptions,
  MachinePaths,
  PortForward,
} from './hypervisors/hypervisor.ts';
export { QemuHypervisor, type QemuOptions } from './hypervisors/qemu/qemu-hypervisor.ts';
export { VfkitHypervisor, type VfkitOptions } from './hypervisors/vfkit/vfkit-hypervisor.ts';
export type { DiskImage, ImageFormat, KernelImage, MachineImage } from './image/image.ts';
export { openImage, type OpenImageOptions } from './image/open-image.ts';
export { createDisk, createOverlay } from './image/overlay.ts';
export type { DiskOptions } from './image/qemu-img.ts';
export { logsFrom, readLog, type ReadLogOptions } from './logs/read-log.ts';
export { rotateLog, type RotateLogOptions } from './logs/rotate-log.ts';
export type { MachineStats } from './machine/machine-stats.ts';
export type { DiskStats, GuestMemory } from './machine/qmp-stats.ts';
export type { Logs, Manager } from './manager.ts';
export { LinuxKitManager } from './manager/linuxkit-manager.ts';
export type { LinuxKitManagerOptions } from './manager/open-context.ts';
export type { PruneOptions, RemoveOptions } from './manager/remove.ts';
export type { RestartOptions } from './manager/restart.ts';
export type { StartOptions } from './manager/start.ts';
export { type PortReservation, reservePorts, type ReservePortsOptions } from './ports/reserve-ports.ts';
export type {
  BannerReady,
  CombinedReady,
  CommandReady,
  ConsoleReady,
  HttpReady,
  ReadyCheck,
} from './readiness/ready-check.ts';
export type {
  DiskRequest,
  ExecOptions,
  ExecOutput,
  ExecResult,
  ListOptions,
  LogOptions,
  RunOptions,
  StopOptions,
} from './run-options.ts';
export type { SnapshotEntry, StateSnapshot } from './state/container-codec.ts';
export { type RemoveRecordOptions, State, type StateOptions } from './state/state.ts';
export type { StateChange } from './state/watch.ts';
export type { ImageBuilder, ImageRequest } from './templates/build-image.ts';
export { type BuildImageOptions, TemplateManager, type TemplateManagerOptions } from './templates/template-manager.ts';
export type { TemplateProblem, TemplateReport } from './templates/template-report.ts';
export type { Template } from './templates/template.ts';
export { validateTemplate } from './templates/validate-template.ts';
export { type ApplyOptions, applyVariables, extractVariables, type TemplateVariables } from './templates/variables.ts';
