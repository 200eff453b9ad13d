import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemRandom } from '#local/random.ts';
import { createSecrets } from '#local/secrets/secrets.ts';
import { openStore, type Store } from '#local/store.ts';
import { createVirtualClock } from '#tests/virtual-clock.ts';

const clock = createVirtualClock();
const boot = (store: Store = openStore(':memory:')) =>
  createSecrets({ store, clock, random: systemRandom, region: 'us-east-1', accountId: '000000000000' });

describe('a secret', () => {
  it('is found by its name and by its ARN', () => {
    const secrets = boot();
    const { secret, versionId } = secrets.create({ name: 'millrace/keys', value: { text: 's' } });
    expect(secret.arn).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:millrace\/keys-[A-Za-z]{6}$/);
    for (const id of [secret.name, secret.arn]) {
      expect(secrets.value(id, {})).toMatchObject({ versionId, value: { text: 's' }, stages: ['AWSCURRENT'] });
    }
    expect(() => secrets.find('nope')).toThrow("Secrets Manager can't find the specified secret.");
    expect(() => secrets.create({ name: 'millrace/keys' })).toThrow('already exists');
  });

  it('keeps its former value as AWSPREVIOUS, and older ones without a stage', () => {
    const secrets = boot();
    const first = secrets.create({ name: 'k', value: { text: '1' } }).versionId;
    secrets.put('k', { text: '2' });
    secrets.put('k', { bytes: Buffer.from('3') });
    expect(secrets.value('k', {}).value).toEqual({ bytes: Buffer.from('3') });
    expect(secrets.value('k', { stage: 'AWSPREVIOUS' }).value).toEqual({ text: '2' });
    expect(secrets.value('k', { versionId: first })).toMatchObject({ value: { text: '1' }, stages: [] });
    expect(() => secrets.value('k', { stage: 'AWSPENDING' })).toThrow('staging label: AWSPENDING');
  });

  it('takes the same value under the same token once', () => {
    const secrets = boot();
    secrets.create({ name: 'k' });
    secrets.put('k', { text: '1' }, 'token');
    secrets.put('k', { text: '1' }, 'token');
    expect(secrets.versions('k')).toHaveLength(1);
    expect(() => secrets.put('k', { text: '2' }, 'token')).toThrow('already in use');
  });

  it('outlives a restart, and is made once for a template', () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-secrets-'));
    const path = join(folder, 'store.sqlite');
    const before = openStore(path);
    const made = boot(before).ensure('k', () => ({ arn: 'arn:k', value: { text: 'generated' } }));
    expect(made.arn).toBe('arn:k');
    before.close();
    const after = openStore(path);
    const secrets = boot(after);
    const found = secrets.ensure('k', () => ({ value: { text: 'another' } }));
    expect(found).toEqual(made);
    expect(secrets.value('k', {}).value).toEqual({ text: 'generated' });
    after.close();
    rmSync(folder, { recursive: true });
  });
});
