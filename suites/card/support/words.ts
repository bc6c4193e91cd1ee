/** Small words for titles and ids. */

/** Two hex digits of a byte. */
export function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, "0");
}

/** "INITIALIZE for load" as a part of an id. */
export function idOf(name: string): string {
  return name.toUpperCase().replaceAll(" FOR ", " ").replaceAll(" ", "-");
}
