export { type ScriptedCommand, scriptedCommand } from './scripted-command.ts';
export type { ScriptedRun, ScriptedSpawnOptions } from './scripted-run.ts';
