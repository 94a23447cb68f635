/** Processor time, memory and event-loop delay of this process. */
import { availableParallelism, freemem, totalmem } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { readFileSync } from "node:fs";
import type { ProcessGauge } from "./monitor.js";

const RESOLUTION_MS = 20;

export function createProcessGauge(): ProcessGauge {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const state = { at: performance.now(), cpu: process.cpuUsage() };
  return {
    read() {
      const now = performance.now();
      const { user, system } = process.cpuUsage(state.cpu);
      const elapsedUs = Math.max(1, (now - state.at) * 1000);
      state.at = now;
      state.cpu = process.cpuUsage();
      // The timer itself is late by its own resolution.
      const eventLoopMs = Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION_MS);
      delay.reset();
      return {
        cpu: (user + system) / elapsedUs / availableParallelism(),
        memoryBytes: process.memoryUsage.rss(),
        machineMemory: 1 - availableMemory() / totalmem(),
        eventLoopMs: Number.isFinite(eventLoopMs) ? eventLoopMs : 0,
      };
    },
    close: () => void delay.disable(),
  };
}

/** Linux counts the cache of its disks as used, though it gives it up when asked. */
function availableMemory(): number {
  if (process.platform !== "linux") return freemem();
  try {
    const kilobytes = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1];
    return kilobytes === undefined ? freemem() : Number(kilobytes) * 1024;
  } catch {
    return freemem();
  }
}
