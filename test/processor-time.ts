/** Milliseconds of processor time that this process has taken since `start`, of `process.cpuUsage()`: a clock on a busy machine tells of the others. */
export function processorMs(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
