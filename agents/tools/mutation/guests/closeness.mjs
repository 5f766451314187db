// How like two values are, from 0 (nothing in common) to below 1 (equal); as in child.py.
const LONGEST = 200;

export function closeness(left, right) {
  const kinds = [left, right].map(kindOf);
  const same = kinds[0] === kinds[1];
  if (kinds.some((kind) => kind === "boolean" || kind === "nothing"))
    return same ? 0.1 : 0;
  if (same && kinds[0] === "number") {
    const off = Math.abs(left - right) / (1 + Math.abs(right));
    return off >= 0 ? 0.2 + 0.7 / (1 + off) : 0.2; // not for NaN
  }
  const [one, other] = [left, right].map(partsOf);
  const base = same ? 0.2 : 0;
  return one && other ? base + 0.7 * alike(one, other) : base;
}

function kindOf(value) {
  if (value === null || value === undefined) return "nothing";
  return Array.isArray(value) ? "array" : typeof value;
}

function partsOf(value) {
  if (typeof value === "string") return [...value.slice(0, LONGEST)];
  if (value instanceof Map || value instanceof Set)
    return [...value].slice(0, LONGEST).map(key);
  if (Array.isArray(value)) return value.slice(0, LONGEST).map(key);
  if (typeof value !== "object" || value === null) return null;
  return Object.entries(value).slice(0, LONGEST).map(key);
}

function key(value) {
  try {
    return typeof value === "object" ? JSON.stringify(value) : value;
  } catch {
    return value;
  }
}

// Length of the longest common subsequence in relation to both lengths.
function alike(left, right) {
  if (!left.length && !right.length) return 1;
  const row = new Array(right.length + 1).fill(0);
  for (const item of left) {
    let before = 0;
    right.forEach((other, place) => {
      const here = row[place + 1];
      row[place + 1] = Object.is(item, other)
        ? before + 1
        : Math.max(here, row[place]);
      before = here;
    });
  }
  return (2 * row[right.length]) / (left.length + right.length);
}
