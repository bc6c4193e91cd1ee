/** One change to a directory, of every kind that a hand or a bad disk can make. */
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export type Files = ReadonlyMap<string, Buffer>;

/** A number from 0 to below `limit`. */
export type Draw = (limit: number) => number;

export interface Change {
  /** What was done, for a failing test to say. */
  readonly what: string;
  /** The file that has to be named. */
  readonly file: string;
  /** First line that is not as it was, counted from 1, where the file is a text that is still there. */
  readonly line?: number;
  apply(dir: string): void;
  undo(dir: string): void;
}

const CONTENT = ["bit", "byte", "insert", "delete", "cut", "swap lines", "repeat a line", "remove a line"] as const;
const PLACES = ["remove", "rename", "add", "add a folder", "link"] as const;

/** A change of `files`, as they are in a directory; each kind as likely as any other. */
export function drawChange(files: Files, draw: Draw): Change {
  const kinds = [...CONTENT, ...PLACES];
  const kind = kinds[draw(kinds.length)] ?? "bit";
  const [file = "", content = Buffer.alloc(0)] = [...files][draw(files.size)] ?? [];
  const isContent = CONTENT.find((each) => each === kind);
  if (isContent === undefined) return changeOfPlace(kind, file, content, draw);
  const changed = changedContent(isContent, content, draw);
  // Some files have no two lines to swap, and equal lines swap without a trace.
  return changed.equals(content) ? drawChange(files, draw) : changeOfContent(kind, file, content, changed);
}

function changeOfContent(kind: string, file: string, before: Buffer, after: Buffer): Change {
  const isText = !before.includes(0);
  return {
    what: `${kind} in ${file}`,
    file,
    ...(isText ? { line: firstLine(before, after) } : {}),
    apply: (dir) => writeFileSync(join(dir, file), after),
    undo: (dir) => writeFileSync(join(dir, file), before),
  };
}

function changedContent(kind: (typeof CONTENT)[number], content: Buffer, draw: Draw): Buffer {
  const at = draw(content.length);
  const lines = content.toString("latin1").split("\n");
  const [one, other] = [draw(lines.length - 1), draw(lines.length - 1)];
  const [first = "", second = ""] = [lines[one], lines[other]];
  switch (kind) {
    case "bit":
      return withByte(content, at, (content[at] ?? 0) ^ (1 << draw(8)));
    case "byte":
      return withByte(content, at, draw(256));
    case "insert":
      return spliced(content, at, 0, Buffer.from([draw(256)]));
    case "delete":
      return spliced(content, at, 1 + draw(40));
    case "cut":
      return content.subarray(0, at);
    case "swap lines":
      return joined(lines.with(one, second).with(other, first));
    case "repeat a line":
      return joined(lines.toSpliced(one, 0, first));
    case "remove a line":
      return joined(lines.toSpliced(one, 1));
  }
}

function changeOfPlace(kind: string, file: string, content: Buffer, draw: Draw): Change {
  const name = ["run.lock", "extra.txt", "folder/x.json", "logo.png", ".hidden"][draw(5)] ?? "extra.txt";
  const away = (dir: string) => rmSync(join(dir, name.split("/")[0] ?? name), { recursive: true, force: true });
  const restore = (dir: string) => writeFileSync(join(dir, file), content);
  const remove = (dir: string) => rmSync(join(dir, file));
  switch (kind) {
    case "remove":
      return { what: `remove ${file}`, file, apply: remove, undo: restore };
    case "rename":
      return {
        what: `rename ${file} to ${name}`,
        file,
        apply: (dir) => {
          mkdirSync(dirname(join(dir, name)), { recursive: true });
          renameSync(join(dir, file), join(dir, name));
        },
        undo: (dir) => {
          restore(dir);
          away(dir);
        },
      };
    case "add":
      return {
        what: `add ${name}`,
        file: name,
        apply: (dir) => {
          mkdirSync(dirname(join(dir, name)), { recursive: true });
          writeFileSync(join(dir, name), content.subarray(0, draw(200)));
        },
        undo: away,
      };
    case "link":
      return {
        what: `link to ${file}`,
        file: "link",
        apply: (dir) => symlinkSync(file, join(dir, "link")),
        undo: (dir) => rmSync(join(dir, "link")),
      };
    default:
      return {
        what: "add a folder",
        file: "empty/",
        apply: (dir) => mkdirSync(join(dir, "empty")),
        undo: (dir) => rmSync(join(dir, "empty"), { recursive: true }),
      };
  }
}

function withByte(content: Buffer, at: number, value: number): Buffer {
  return spliced(content, at, 1, Buffer.from([value]));
}

function spliced(content: Buffer, at: number, count: number, put: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([content.subarray(0, at), put, content.subarray(at + count)]);
}

function joined(lines: readonly string[]): Buffer {
  return Buffer.from(lines.join("\n"), "latin1");
}

function firstLine(before: Buffer, after: Buffer): number {
  let at = 0;
  while (at < before.length && before[at] === after[at]) at++;
  return before.subarray(0, at).toString("latin1").split("\n").length;
}
