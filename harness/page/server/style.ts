export const STYLE = `body{}`;
