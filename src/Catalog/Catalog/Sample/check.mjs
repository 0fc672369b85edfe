// Checks the sample assortment: node check.mjs; prints what is wrong and exits 1, or the counts.
import { readFileSync, statSync, readdirSync, existsSync } from 'node:fs';
const at = name => new URL(name, import.meta.url), read = name => JSON.parse(readFileSync(at(name)));
const categories = read('categories.json'), products = read('products.json'), wrong = [];
const must = (ok, what) => { if (!ok) wrong.push(what); };
const hangul = /[\uac00-\ud7a3]/;
const pair = (p, what) => { must(p?.ko?.trim() && p?.en?.trim(), `${what}: a language is empty`); must(!hangul.test(p?.en ?? ''), `${what}: Korean in the English text`); };
const unique = (list, what) => { const seen = new Set(); for (const x of list) { must(!seen.has(x), `${what} twice: ${x}`); seen.add(x); } };

unique(categories.map(c => c.slug), 'category'); unique(products.map(p => p.slug), 'product'); unique(products.flatMap(p => p.skus.map(s => s.sku)), 'SKU'); unique(products.flatMap(p => p.pictures), 'picture');
unique(products.map(p => p.name.ko), 'Korean name'); unique(products.map(p => p.name.en), 'English name');
const parents = new Set(categories.map(c => c.parent).filter(Boolean)), slugs = new Set(categories.map(c => c.slug));
for (const c of categories) {
  pair(c.name, c.slug); must(!c.parent || slugs.has(c.parent), `${c.slug}: no parent ${c.parent}`); must(existsSync(at(`icons/${c.emoji}`)), `${c.slug}: no icon`);
  must(parents.has(c.slug) || products.some(p => p.category === c.slug), `${c.slug}: empty leaf`);
}
let bytes = 0, soldOut = 0, few = 0;
for (const p of products) {
  must(/^[a-z0-9]+(-[a-z0-9]+)*$/.test(p.slug) && p.slug.length <= 64, `${p.slug}: slug`);
  must(slugs.has(p.category) && !parents.has(p.category), `${p.slug}: ${p.category} is not a leaf`);
  for (const key of ['name', 'brand', 'summary', 'description']) pair(p[key], `${p.slug}.${key}`);
  must(p.keywords.length >= 2, `${p.slug}: keywords`); must(p.optionNames.length <= 2, `${p.slug}: options`); must(p.skus.length >= 1 && p.skus.length <= 6, `${p.slug}: ${p.skus.length} SKUs`);
  p.optionNames.forEach(o => pair(o, `${p.slug} option`));
  unique(p.skus.map(s => s.options.map(o => o.en).join('/')), `${p.slug} combination`);
  for (const s of p.skus) {
    must(/^[A-Z0-9-]{3,32}$/.test(s.sku), `SKU ${s.sku}`); must(s.options.length === p.optionNames.length, `${s.sku}: options`); s.options.forEach(o => pair(o, s.sku));
    must(Number.isInteger(s.price) && s.price >= 1000 && s.price <= 2_000_000 && s.price % 100 === 0, `${s.sku}: price ${s.price}`);
    must(Number.isInteger(s.openingStock) && s.openingStock >= 0 && s.openingStock <= 500, `${s.sku}: stock`);
    must(p.listPrice === null || p.listPrice > s.price, `${s.sku}: list price`); must(s.listPrice === undefined || s.listPrice > s.price, `${s.sku}: its list price`);
    if (s.openingStock === 0) soldOut++; else if (s.openingStock <= 3) few++;
  }
  must(p.skus.some(s => s.openingStock > 0), `${p.slug}: wholly sold out`);
  for (const [lang, rows] of Object.entries(p.notice)) { must(rows.length >= 4 && rows.length <= 7, `${p.slug}: notice rows`); for (const r of rows) must(r.length === 2 && r.every(t => t?.trim() && (lang === 'ko' || !hangul.test(t))), `${p.slug}: notice ${lang} ${r}`); }
  must(p.notice.ko.length === p.notice.en.length, `${p.slug}: notices differ`);
  must(p.pictures.length >= 1, `${p.slug}: no picture`);
  for (const name of p.pictures) { const file = at(`pictures/${name}`); must(existsSync(file), `${p.slug}: ${name} is missing`); if (existsSync(file)) bytes += statSync(file).size; }
}
const named = new Set(products.flatMap(p => p.pictures)); for (const f of readdirSync(at('pictures'))) must(named.has(f), `pictures/${f} belongs to no product`);
must(products.length >= 220 && products.length <= 240, `${products.length} products`); must(bytes < 8 * 1024 * 1024, `${bytes} bytes of pictures`);
for (const query of ['사과', '무선 이어폰', 'apple', '텀블러', '운동화', 'earphones']) { const found = products.filter(p => [p.name.ko, p.name.en, ...p.keywords].some(t => t.toLowerCase().includes(query))); must(found.length >= 2, `"${query}" finds ${found.length}`); console.log(`${query}: ${found.map(p => p.name.ko).join(', ')}`); }
console.log(`${products.length} products (${products.filter(p => p.optionNames.length).length} with options), ${products.flatMap(p => p.skus).length} SKUs, ${soldOut} sold out, ${few} nearly; ${categories.length} categories; ${new Set(products.map(p => p.brand.en)).size} brands; ${named.size} pictures, ${bytes} bytes`);
for (const w of wrong) console.error(w);
process.exit(wrong.length ? 1 : 0);
