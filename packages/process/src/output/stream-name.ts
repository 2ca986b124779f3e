/** The two streams that a process writes. */
export type StreamName = 'stdout' | 'stderr';
