/** Time as a live report sees it. */
export interface ReportClock {
  /** Milliseconds since any moment; never less than before. */
  now(): number;
  /** Calls again and again, until the function that it returns is called; does not keep the program alive. */
  every(ms: number, tick: () => void): () => void;
}

/** The time of the machine. */
export const systemClock: ReportClock = {
  now: () => performance.now(),
  every(ms, tick) {
    const timer = setInterval(tick, ms).unref();
    return () => {
      clearInterval(timer);
    };
  },
};
