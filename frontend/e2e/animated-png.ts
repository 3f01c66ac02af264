import { crc32 } from "node:zlib";

const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");

export interface Frame {
  png: Buffer;
  ms: number;
}

/** Puts pictures of the same size into one that moves, as the PNG specification (third edition) describes. */
export function animatedPng(frames: readonly Frame[]): Buffer {
  const [first] = frames;
  if (!first) throw new Error("There is no frame");
  const header = chunksOf(first.png).filter(([type]) => type !== "IDAT" && type !== "IEND");
  const size = header.find(([type]) => type === "IHDR")?.[1].subarray(0, 8) ?? Buffer.alloc(8);
  let sequence = 0;
  const number = () => {
    sequence += 1;
    return uint32(sequence - 1);
  };
  const pictures = frames.flatMap(({ png, ms }, index) => {
    const control = Buffer.concat([number(), size, Buffer.alloc(8), uint16(ms), uint16(1000), Buffer.alloc(2)]);
    const data = chunksOf(png).filter(([type]) => type === "IDAT");
    return [
      chunk("fcTL", control),
      ...data.map(([, part]) => (index === 0 ? chunk("IDAT", part) : chunk("fdAT", Buffer.concat([number(), part])))),
    ];
  });
  return Buffer.concat([
    SIGNATURE,
    ...header.map(([type, data]) => chunk(type, data)),
    chunk("acTL", Buffer.concat([uint32(frames.length), uint32(0)])),
    ...pictures,
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunksOf(png: Buffer): [string, Buffer][] {
  const chunks: [string, Buffer][] = [];
  for (let offset = SIGNATURE.length; offset < png.length; ) {
    const length = png.readUInt32BE(offset);
    chunks.push([png.toString("latin1", offset + 4, offset + 8), png.subarray(offset + 8, offset + 8 + length)]);
    offset += length + 12;
  }
  return chunks;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  return Buffer.concat([uint32(data.length), body, uint32(crc32(body))]);
}

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value);
  return buffer;
}

function uint16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16BE(value);
  return buffer;
}
