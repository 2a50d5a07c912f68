import { expect, test } from '@jest/globals';
import { BackendError } from './backend.ts';
import { codeWords, errorWords, joinErrorWords } from './error-words.ts';

test('[UX24] every error is a sentence without codes', () => {
  for (const code of [
    'NAME_TAKEN',
    'WRONG_PASSWORD',
    'BANNED',
    'RATE_LIMITED',
    'INTERNAL',
    'no such code',
    '__proto__',
    'toString',
  ]) {
    expect(errorWords(new BackendError(code, 'x'))).toMatch(/^[A-Z].*[.]$/u);
    expect(codeWords(code)).not.toMatch(/[A-Z]{3,}|_/u);
  }
  expect(errorWords(new TypeError('undefined is not a function'))).toMatch(
    /^Something went wrong/u,
  );
});

test('[UX2] a wrong code, a wrong password and a ban have words of their own', () => {
  const words = ['NOT_FOUND', 'WRONG_PASSWORD', 'BANNED', 'GUESTS_REFUSED', 'LIMIT'].map((code) =>
    joinErrorWords(new BackendError(code, 'x')),
  );
  expect(new Set(words).size).toBe(words.length);
});
