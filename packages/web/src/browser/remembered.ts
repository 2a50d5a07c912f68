// Small things kept between visits. Storage may be full or forbidden: then they are simply not kept.

/** A remembered text; empty when there is none. */
export function recall(key: string): string {
  try {
    return localStorage.getItem(`chat.${key}`) ?? '';
  } catch {
    return '';
  }
}

/** Remembers a text; an empty one is forgotten. */
export function remember(key: string, text: string): void {
  try {
    if (text === '') localStorage.removeItem(`chat.${key}`);
    else localStorage.setItem(`chat.${key}`, text);
  } catch {
    // Not kept.
  }
}

/** Forgets everything whose key begins so. */
export function forgetAll(prefix: string): void {
  try {
    for (const key of Object.keys(localStorage))
      if (key.startsWith(`chat.${prefix}`)) localStorage.removeItem(key);
  } catch {
    // Nothing was kept.
  }
}
