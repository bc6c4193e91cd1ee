/** The one stream of news from the station. It comes back by itself, and goes on where it was. */
import { PART_NAMES, type PartName } from "../shared/state.ts";

export interface Listener {
  part(name: PartName, value: unknown): void;
  /** The clock of the station, ms since 1970. */
  hello(now: number): void;
  open(): void;
  lost(): void;
}

/** The station says something at least every 10 s. */
const SILENCE_MS = 25_000;
const AGAIN_MS = 1_500;

/** Returns what closes it. */
export function connect(listener: Listener): () => void {
  let source: EventSource | undefined;
  let again: number | undefined;
  let silence: number | undefined;
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(begin, SILENCE_MS);
  };
  const begin = () => {
    clearTimeout(again);
    source?.close();
    const opened = new EventSource("/api/events");
    source = opened;
    heard();
    opened.addEventListener("open", () => listener.open());
    opened.addEventListener("hello", (event) => {
      heard();
      listener.hello((JSON.parse(event.data) as { now: number }).now);
    });
    for (const name of PART_NAMES) {
      opened.addEventListener(name, (event) => {
        heard();
        listener.part(name, JSON.parse(event.data));
      });
    }
    opened.addEventListener("error", () => {
      listener.lost();
      // A refused connection is tried again by the browser; a refused request is not.
      if (opened.readyState !== EventSource.CLOSED) return;
      clearTimeout(again);
      again = setTimeout(begin, AGAIN_MS);
    });
  };
  begin();
  return () => {
    clearTimeout(again);
    clearTimeout(silence);
    source?.close();
  };
}
