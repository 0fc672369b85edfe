// Draws the pictures of the sample assortment and the category icons: node draw.mjs [part-of-a-slug]
// A recipe is "layout object object ... ~accent bg=palette stage=name"; recipes.json has one per picture.
import sharp from 'sharp';
import { mkdirSync, readFileSync } from 'node:fs';
import { draw, hsl, mix } from './objects.mjs';

sharp.concurrency(1);
const side = 800;
const read = name => JSON.parse(readFileSync(new URL(name, import.meta.url)));
const palettes = {
  peach: ['#fff1e6', '#ffd9bf', '#f6ab83'], butter: ['#fff8dd', '#ffe9a8', '#f2c75c'], mint: ['#e6f8ef', '#bfead4', '#7fcaa5'],
  sky: ['#e8f4ff', '#c2e0fb', '#84b9ec'], lilac: ['#f3eeff', '#d9cdf9', '#ab97e6'], rose: ['#fff0f3', '#fbcfd9', '#f09cb1'],
  sand: ['#faf5ec', '#eadcc6', '#cbb391'], sage: ['#f1f5ea', '#d3dfc0', '#a0b584'], aqua: ['#e4f8f8', '#b6e6e6', '#74c3c6'],
  stone: ['#f3f4f7', '#d8dce5', '#a5adbd'], indigo: ['#e3e6fb', '#a9b2ee', '#6470cf'], teal: ['#d5efec', '#7fc6c0', '#3f938f'],
  coral: ['#ffe4de', '#ffb3a3', '#ee7c6a'], night: ['#5a5f8f', '#3c4070', '#262a52'],
};
const ofCategory = {
  food: ['peach', 'butter', 'mint', 'sage', 'aqua', 'sand', 'rose'], electronics: ['sky', 'lilac', 'stone', 'indigo', 'aqua', 'peach'],
  fashion: ['sand', 'rose', 'sky', 'sage', 'lilac', 'butter'], home: ['sand', 'sage', 'peach', 'stone', 'mint', 'butter', 'sky'],
  beauty: ['rose', 'lilac', 'peach', 'mint', 'sand', 'aqua'], sports: ['aqua', 'butter', 'mint', 'sky', 'coral', 'stone'],
  books: ['butter', 'sky', 'peach', 'lilac', 'mint', 'sand'], toys: ['butter', 'aqua', 'rose', 'sky', 'mint', 'lilac'],
  pets: ['peach', 'sky', 'mint', 'butter', 'lilac', 'rose'], plants: ['sand', 'peach', 'rose', 'butter', 'sky', 'lilac'],
};

function random(text) {
  let a = 2166136261;
  for (const c of text) a = Math.imul(a ^ c.codePointAt(0), 16777619);
  return () => { a = (a + 0x6d2b79f5) | 0; let t = Math.imul(a ^ (a >>> 15), 1 | a); t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t; return ((t ^ (t >>> 14)) >>> 0) / 4294967296; };
}

async function picture(object, height, turn = 0, widest = height * 1.35) {
  const drawn = await sharp(Buffer.from(draw(object, Math.max(260, Math.round(height * 1.25))))).rotate(turn, { background: '#0000' }).png({ compressionLevel: 1 }).toBuffer();
  const trimmed = await sharp(drawn).trim({ background: '#0000', threshold: 8 }).png({ compressionLevel: 1 }).toBuffer();
  const { data, info } = await sharp(trimmed).resize({ width: Math.round(widest), height: Math.round(height), fit: 'inside' }).png({ compressionLevel: 1 }).toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

// The colour of a thing, weighed by how vivid it is: backgrounds keep away from it.
async function tone(data) {
  const { data: raw } = await sharp(data).resize(40, 40, { fit: 'inside' }).raw().toBuffer({ resolveWithObject: true });
  let x = 0, y = 0, weight = 0, lightness = 0, count = 0;
  for (let i = 0; i < raw.length; i += 4) {
    if (raw[i + 3] < 128) continue;
    const [h, s, l] = hsl([raw[i], raw[i + 1], raw[i + 2]]), w = s * (1 - Math.abs(2 * l - 1));
    x += w * Math.cos(h * Math.PI / 180); y += w * Math.sin(h * Math.PI / 180); weight += w; lightness += l; count++;
  }
  return { hue: (Math.atan2(y, x) * 180 / Math.PI + 360) % 360, vivid: weight / Math.max(1, count), lightness: lightness / Math.max(1, count) };
}

function choosePalette(category, tone, next) {
  const names = ofCategory[category] ?? Object.keys(palettes);
  const scored = names.map(name => {
    const [h, s] = hsl([1, 3, 5].map(i => parseInt(palettes[name][1].slice(i, i + 2), 16)));
    const apart = Math.abs(((h - tone.hue + 540) % 360) - 180);
    const near = tone.vivid > 0.12 && s > 0.15 ? Math.max(0, 40 - apart) / 40 : 0;
    const pale = tone.lightness > 0.8 && (name === 'sand' || name === 'stone' || name === 'butter') ? 0.5 : 0;
    return { name, score: near * 1.6 + pale + next() * 0.9 };
  });
  return scored.sort((a, b) => a.score - b.score)[0].name;
}

const blur = (id, by) => `<filter id="${id}" x="-60%" y="-60%" width="220%" height="220%"><feGaussianBlur stdDeviation="${by}"/></filter>`;
const fade = (id, a, b, vertical = true) => `<linearGradient id="${id}" x1="0" y1="0" x2="${vertical ? 0 : 1}" y2="1"><stop offset="0" stop-color="${a}"/><stop offset="1" stop-color="${b}"/></linearGradient>`;

// Every stage is a floor for things to stand on at `ground`, or none (flat: seen from above).
const stages = {
  podium: ([a, b, c]) => ({ ground: 612, svg: `<defs>${fade('w', a, mix(a, b, .8))}${fade('f', mix(b, c, .35), b)}${fade('p', mix(a, b, .2), mix(b, c, .6), false)}${blur('s', 14)}</defs><rect width="800" height="800" fill="url(#w)"/><rect y="590" width="800" height="210" fill="url(#f)"/><ellipse cx="410" cy="724" rx="310" ry="44" fill="${c}" opacity=".5" filter="url(#s)"/><path d="M130 616v82q0 58 270 58t270-58v-82z" fill="url(#p)"/><ellipse cx="400" cy="616" rx="270" ry="58" fill="${mix(a, '#ffffff', .55)}"/>` }),
  disc: ([a, b, c]) => ({ ground: 632, svg: `<defs>${fade('w', a, mix(a, b, .55))}${fade('d', mix(b, a, .25), mix(b, c, .45))}${fade('f', mix(a, b, .75), mix(a, b, .35))}</defs><rect width="800" height="800" fill="url(#w)"/><circle cx="400" cy="370" r="292" fill="url(#d)"/><path d="M0 640q400-66 800 0v160H0z" fill="url(#f)"/>` }),
  arch: ([a, b, c]) => ({ ground: 650, svg: `<defs>${fade('w', mix(a, b, .75), b)}${fade('d', mix(a, '#ffffff', .5), a)}${fade('f', mix(b, c, .5), mix(b, c, .2))}</defs><rect width="800" height="800" fill="url(#w)"/><path d="M150 640V350a250 250 0 0 1 500 0v290z" fill="url(#d)"/><path d="M150 640V350a250 250 0 0 1 250-250 210 250 0 0 0-214 250v290z" fill="${mix(b, c, .35)}" opacity=".55"/><rect y="628" width="800" height="172" fill="url(#f)"/>` }),
  steps: ([a, b, c]) => ({ ground: 606, svg: `<defs>${fade('w', mix(a, b, .5), a)}${fade('t', mix(b, c, .25), mix(b, c, .55))}${fade('u', b, mix(b, c, .4))}${blur('s', 16)}</defs><rect width="800" height="800" fill="url(#w)"/><circle cx="606" cy="208" r="118" fill="${mix(a, '#ffffff', .6)}"/><rect y="700" width="800" height="100" fill="${mix(a, b, .9)}"/><rect x="60" y="690" width="680" height="40" rx="20" fill="${c}" opacity=".45" filter="url(#s)"/><rect x="150" y="586" width="500" height="60" rx="14" fill="url(#u)"/><rect x="150" y="586" width="500" height="34" rx="14" fill="${mix(a, '#ffffff', .5)}"/><rect x="80" y="646" width="640" height="70" rx="14" fill="url(#t)"/><rect x="80" y="646" width="640" height="18" rx="9" fill="${mix(a, b, .4)}"/>` }),
  hills: ([a, b, c]) => ({ ground: 650, svg: `<defs>${fade('w', mix(a, b, .35), a)}${fade('h', mix(b, c, .3), b)}${fade('f', mix(a, '#ffffff', .3), mix(a, b, .5))}</defs><rect width="800" height="800" fill="url(#w)"/><circle cx="190" cy="210" r="86" fill="${mix(a, '#ffffff', .65)}"/><path d="M0 520q180-190 400-60t400-90v430H0z" fill="url(#h)" opacity=".75"/><path d="M0 640q260-80 480-30t320-10v200H0z" fill="url(#f)"/>` }),
  flat: ([a, b, c], next) => ({ ground: null, svg: `<defs>${fade('w', a, mix(a, b, .9), false)}</defs><rect width="800" height="800" fill="url(#w)"/><path d="M${next() < .5 ? '-40 560Q180 380 420 520T860 420V860H-40z' : '-40 -40H860V260Q620 420 400 280T-40 380z'}" fill="${b}" opacity=".85"/><circle cx="${140 + next() * 60}" cy="${130 + next() * 60}" r="${46 + next() * 30}" fill="${mix(b, c, .35)}" opacity=".6"/><circle cx="${620 + next() * 50}" cy="${630 + next() * 50}" r="${60 + next() * 40}" fill="${mix(a, '#ffffff', .6)}" opacity=".8"/>` }),
  card: ([a, b, c]) => ({ ground: null, svg: `<defs>${fade('w', mix(b, c, .15), mix(b, c, .5), false)}${fade('d', mix(a, '#ffffff', .7), a)}${blur('s', 18)}</defs><rect width="800" height="800" fill="url(#w)"/><rect x="96" y="112" width="608" height="608" rx="90" fill="${mix(c, '#1a1030', .25)}" opacity=".3" filter="url(#s)"/><rect x="92" y="92" width="616" height="616" rx="90" fill="url(#d)"/>` }),
  split: ([a, b, c]) => ({ ground: 646, svg: `<defs>${fade('w', mix(a, '#ffffff', .3), a)}${fade('d', b, mix(b, c, .45))}${fade('f', mix(a, b, .6), mix(a, b, .3))}</defs><rect width="800" height="800" fill="url(#w)"/><path d="M470 0H800V640H300z" fill="url(#d)"/><rect y="630" width="800" height="170" fill="url(#f)"/>` }),
};
const standing = ['podium', 'disc', 'arch', 'steps', 'hills', 'split'];

// Where things go: height, sideways from the middle, up from the ground, turn; drawn from back to front.
const layouts = {
  hero: () => [[0, 460, 0, 0, 0]],
  tall: () => [[0, 510, 0, 0, 0]],
  low: () => [[0, 300, 0, 0, 0, 500]],
  lean: () => [[0, 420, 0, 26, -12]],
  pair: n => [[1 % n, 360, 124, 26, 6, 430], [0, 410, -108, 0, -4, 460]],
  duo: n => [[0, 410, -150, 0, 0, 292], [1 % n, 410, 150, 0, 0, 292]],
  trio: n => [[1 % n, 310, -178, 30, -6, 330], [2 % n, 310, 178, 30, 6, 330], [0, 410, 0, 0, 0, 440]],
  row: n => [[0, 260, -192, 0, 0, 186], [1 % n, 260, 0, 0, 0, 186], [2 % n, 260, 192, 0, 0, 186]],
  pile: n => [[1 % n, 190, 0, 246, 8], [2 % n, 196, -104, 122, -10], [0, 196, 104, 122, 12], [0, 200, -206, 0, 6], [2 % n, 200, 206, 0, -8], [1 % n, 206, 0, 0, -4]],
  heap: n => [[1 % n, 230, -96, 142, -12], [2 % n, 230, 100, 136, 10], [0, 240, -178, 0, 8], [1 % n, 240, 178, 0, -8], [0, 250, 0, -8, 0]],
  side: n => [[0, 410, -76, 0, 0], [1 % n, 200, 190, 0, 6], [Math.min(2, n - 1), 165, 92, -10, -6]],
  bunch: n => [[1 % n, 300, -150, 40, -14, 240], [2 % n, 300, 150, 40, 14, 240], [0, 340, 0, 60, 0], [1 % n, 210, -90, -6, -8], [2 % n, 210, 96, -6, 8]],
};
const lying = {
  hero: () => [[0, 480, 400, 400, -8, 500]],
  low: () => [[0, 380, 400, 400, -8, 570]],
  lean: () => [[0, 430, 400, 400, 16]],
  pair: n => [[1 % n, 380, 516, 330, 14, 370], [0, 390, 290, 466, -10, 380]],
  duo: n => [[0, 390, 268, 400, -6, 270], [1 % n, 390, 532, 400, 6, 270]],
  trio: n => [[0, 270, 400, 264, 0, 270], [1 % n, 270, 264, 532, -12, 270], [2 % n, 270, 536, 532, 12, 270]],
  row: n => [[0, 270, 206, 400, -6, 186], [1 % n, 270, 400, 400, 0, 186], [2 % n, 270, 594, 400, 6, 186]],
  grid: n => [[0, 230, 270, 270, -6, 230], [1 % n, 230, 530, 270, 6, 230], [2 % n, 230, 270, 530, 6, 230], [3 % n, 230, 530, 530, -6, 230]],
  scatter: n => [[0, 190, 400, 190, 6], [1 % n, 180, 220, 300, -14], [2 % n, 180, 590, 300, 16], [0, 200, 400, 410, -6], [1 % n, 180, 230, 540, 10], [2 % n, 180, 580, 540, -10], [0, 170, 400, 630, 14]],
};

async function shadowOf(item, strength, softness) {
  const pad = Math.ceil(softness * 3), width = item.width + 2 * pad, height = item.height + 2 * pad;
  const raw = { width: item.width, height: item.height, channels: 1 };
  const alpha = await sharp(item.data).extractChannel(3).toColourspace('b-w').raw().toBuffer();
  const framed = await sharp(alpha, { raw }).extend({ top: pad, bottom: pad, left: pad, right: pad, background: '#000' }).toColourspace('b-w').raw().toBuffer();
  const soft = await sharp(framed, { raw: { width, height, channels: 1 } }).blur(softness).toColourspace('b-w').raw().toBuffer();
  const pixels = Buffer.alloc(width * height * 4);
  for (let i = 0; i < soft.length; i++) { pixels[4 * i] = 0x2a; pixels[4 * i + 1] = 0x1f; pixels[4 * i + 2] = 0x45; pixels[4 * i + 3] = soft[i] * strength; }
  return { data: await sharp(pixels, { raw: { width, height, channels: 4 } }).png({ compressionLevel: 1 }).toBuffer(), pad };
}

async function compose(slug, number, top, recipe) {
  const next = random(`${slug}/${number}`);
  const words = recipe.trim().split(/\s+/), given = Object.fromEntries(words.filter(w => /^(bg|stage|size|lift)=/.test(w)).map(w => w.split('=')));
  const layout = words[0], objects = words.slice(1).filter(w => !w.startsWith('~') && !/^(bg|stage|size|lift)=/.test(w)), accents = words.filter(w => w.startsWith('~')).map(w => w.slice(1));
  const above = given.stage ? !standing.includes(given.stage) : layout in lying && !(layout in layouts) || layout in lying && next() < 0.18;
  const stageName = given.stage ?? (above ? (next() < 0.5 ? 'flat' : 'card') : standing[Math.floor(next() * standing.length)]);
  const scale = Number(given.size ?? 1) * (stageName === 'podium' || stageName === 'steps' ? 0.94 : 1);
  const first = await picture(objects[0], 200), palette = palettes[given.bg ?? choosePalette(top, await tone(first.data), next)];
  const stage = stages[stageName](palette, next), layers = [], shade = mix(palette[2], '#20163a', 0.55);
  const places = (above ? lying : layouts)[layout];
  if (!places) throw new Error(`${slug}: no layout "${layout}" here`);
  let floor = '';
  for (const [index, height, x, y, turn, widest] of places(objects.length)) {
    const item = await picture(objects[index], height * scale, turn, (widest ?? (above ? height * 1.2 : height * 1.35)) * scale);
    const left = Math.round((above ? x : 400 + x * scale) - item.width / 2);
    const topAt = Math.round(above ? y - item.height / 2 : stage.ground - y * scale - item.height);
    if (above) {
      const soft = await shadowOf(item, 0.32, 14);
      layers.push({ input: soft.data, left: left - soft.pad + 8, top: topAt - soft.pad + 20 });
    } else {
      if (y * scale < 60) floor += `<ellipse cx="${left + item.width / 2}" cy="${topAt + item.height + 2}" rx="${item.width * 0.47}" ry="${Math.max(10, item.width * 0.055)}" fill="${shade}" opacity=".42" filter="url(#contact)"/><ellipse cx="${left + item.width / 2 + 16}" cy="${topAt + item.height + 8}" rx="${item.width * 0.6}" ry="${Math.max(16, item.width * 0.09)}" fill="${shade}" opacity=".2" filter="url(#wide)"/>`;
      else { const soft = await shadowOf(item, 0.2, 10); layers.push({ input: soft.data, left: left - soft.pad + 3, top: topAt - soft.pad + 10 }); }
    }
    layers.push({ input: item.data, left, top: topAt });
  }
  const spots = [[118, 560, 96, -16], [690, 190, 84, 14], [676, 574, 92, 10], [120, 206, 78, -10]], start = Math.floor(next() * 2);
  const behind = [];
  for (const [i, accent] of accents.entries()) {
    const [x, y, size, turn] = spots[(start + i * (accents.length > 1 ? 1 : 2)) % 4];
    const item = await picture(accent, size, turn), soft = await shadowOf(item, 0.22, 8);
    const left = Math.round(x - item.width / 2), topAt = Math.round(y - item.height / 2);
    behind.push({ input: soft.data, left: left - soft.pad + 4, top: topAt - soft.pad + 10 }, { input: item.data, left, top: topAt });
  }
  const ground = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"><defs>${blur('contact', 7)}${blur('wide', 18)}</defs>${stage.svg}${floor}</svg>`;
  const file = number === 0 ? `${slug}.webp` : `${slug}-${number + 1}.webp`;
  await sharp(Buffer.from(ground)).composite([...behind, ...layers]).flatten({ background: palette[0] }).webp({ quality: 84, effort: 4, smartSubsample: true }).toFile(new URL(`pictures/${file}`, import.meta.url).pathname);
}

async function icon(file, object) {
  const item = await picture(object, 116, 0, 116);
  const base = sharp({ create: { width: 128, height: 128, channels: 4, background: '#0000' } });
  await base.composite([{ input: item.data, gravity: 'centre' }]).webp({ quality: 90, alphaQuality: 95 }).toFile(new URL(`icons/${file}`, import.meta.url).pathname);
}

const only = process.argv[2];
mkdirSync(new URL('pictures', import.meta.url), { recursive: true });
mkdirSync(new URL('icons', import.meta.url), { recursive: true });
const categories = read('categories.json'), products = read('products.json'), recipes = read('recipes.json');
const parent = Object.fromEntries(categories.map(c => [c.slug, c.parent ?? c.slug]));
let wrong = 0;
async function drawAll(product) {
  for (const [number, recipe] of recipes.products[product.slug].entries()) {
    try { await compose(product.slug, number, parent[product.category], recipe); }
    catch (error) { wrong++; console.error(`${product.slug}: ${error.message}`); }
  }
}
const queue = products.filter(p => !only || p.slug.includes(only));
await Promise.all([1, 2].map(async () => { while (queue.length) await drawAll(queue.shift()); }));
if (!only || only === 'icons') for (const category of categories) await icon(category.emoji, recipes.categories[category.slug]);
process.exitCode = wrong ? 1 : 0;
