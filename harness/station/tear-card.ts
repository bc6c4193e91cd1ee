import type { CardTear } from "../core/card-tear.ts";
import { PursebenchError } from "../core/errors.ts";
import type { VirtualCard } from "../device/virtual/virtual-card.ts";
import type { VirtualReader } from "../device/virtual/virtual-reader.ts";

/** `card` in `reader` loses its power at that moment and is out of the reader then. Throws `USAGE` for a card that cannot be torn. */
export function tearCard(
  reader: VirtualReader,
  card: VirtualCard | undefined,
  tear: CardTear | undefined,
  onTorn: () => void,
): void {
  if (!card?.tearAt) {
    throw new PursebenchError("USAGE", "the card in the reader cannot be torn", {
      mend: "insert a purse that is played",
    });
  }
  card.tearAt(tear, () => {
    reader.remove();
    onTorn();
  });
}
