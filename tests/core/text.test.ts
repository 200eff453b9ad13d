import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toSnakeCase } from '#core/snake-case.ts';
import { truncateIp } from '#core/steps/truncate-ip.ts';
import { fits, shorten, utf8Length } from '#core/text.ts';

it('counts bytes as an encoder would', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(utf8Length(text)).toBe(Buffer.byteLength(text));
    }),
  );
});

it('shortens to the bytes it is given and never through a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 3, max: 40 }), (text, bytes) => {
      const short = shorten(text, bytes);
      expect(fits(short, bytes)).toBe(true);
      if (text.isWellFormed()) expect(short.isWellFormed()).toBe(true);
    }),
  );
});

it.each([
  ['Order Completed', 'order_completed'],
  ['order-completed', 'order_completed'],
  ['ORDER_COMPLETED', 'order_completed'],
  ['orderCompleted', 'order_completed'],
  ['HTTPRequest', 'http_request'],
  ['  a  b ', 'a_b'],
  ['Größe', 'größe'],
  ['$$', ''],
])('names %s %s', (text, snake) => expect(toSnakeCase(text)).toBe(snake));

it('names a name the same when named again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(toSnakeCase(toSnakeCase(text))).toBe(toSnakeCase(text));
    }),
  );
});

it.each([
  ['203.0.113.77', '203.0.113.0'],
  ['::ffff:203.0.113.77', '203.0.113.0'],
  ['2001:db8:85a3:8d3:1319:8a2e:370:7348', '2001:db8:85a3::'],
  ['2001:db8::1', '2001:db8:0::'],
  ['::1', '0:0:0::'],
  ['300.1.1.1', undefined],
  ['localhost', undefined],
  ['1:2:3', undefined],
])('keeps the network of %s', (address, network) => expect(truncateIp(address)).toBe(network));
