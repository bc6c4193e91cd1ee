/** Another moment, both YYYYMMDDhhmmss in UTC. */
export function secondsLater(DTHR: string, seconds: number): string {
  const at = (start: number, length = 2) => Number(DTHR.slice(start, start + length));
  const moment = Date.UTC(at(0, 4), at(4) - 1, at(6), at(8), at(10), at(12) + seconds);
  return new Date(moment)
    .toISOString()
    .replace(/[^0-9]/g, "")
    .slice(0, 14);
}

export function minutesLater(DTHR: string, minutes: number): string {
  return secondsLater(DTHR, 60 * minutes);
}
