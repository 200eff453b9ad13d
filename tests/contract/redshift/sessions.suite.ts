import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  CancelStatementCommand,
  ExecuteStatementCommand,
  ListSessionsCommand,
  type ListSessionsCommandInput,
} from '@aws-sdk/client-redshift-data';
import { beforeAll, describe, expect, it } from 'vitest';
import { batch, ended, endless, execute, type Place, type PlaceOf, rowsOf } from './place.ts';

/** SessionKeepAliveSeconds, SessionId and ListSessions. */
export const sessionRules = (placeOf: PlaceOf): void => {
  let place: Place;
  beforeAll(() => {
    place = placeOf();
  });
  const list = async (input: ListSessionsCommandInput) => {
    const { Sessions = [] } = await place.client.send(new ListSessionsCommand(input));
    return Sessions;
  };
  const statusOf = async (id: string | undefined) => (await list({ SessionId: id }))[0]?.Status;

  describe('a session ("ExecuteStatement", "ListSessions", Amazon Redshift Data API Reference)', () => {
    it('keeps its temporary tables from one statement to the next, on one connection', async () => {
      const first = await execute(place, 'CREATE TEMP TABLE kept AS SELECT 5 AS a', { SessionKeepAliveSeconds: 60 });
      expect(first).toMatchObject({ Status: 'FINISHED', SessionId: expect.any(String) });
      const { SessionId } = first;
      expect(await execute(place, 'INSERT INTO kept VALUES (6)', { SessionId })).toMatchObject({ SessionId });
      const sums = await batch(place, ['SELECT SUM(a) FROM kept', 'SELECT pg_backend_pid()'], {
        ...{ SessionId, SessionKeepAliveSeconds: 0 },
      });
      expect(await rowsOf(place, `${sums.Id}:1`)).toEqual([[11]]);
      expect(sums.RedshiftPid).toBe(first.RedshiftPid);
    });

    it('is not there for a statement that names none', async () => {
      const { SessionId } = await execute(place, 'CREATE TEMP TABLE own (a INTEGER)', { SessionKeepAliveSeconds: 60 });
      expect(await execute(place, 'SELECT * FROM own')).toMatchObject({ Status: 'FAILED' });
      expect((await execute(place, 'SELECT * FROM own', { SessionId })).Status).toBe('FINISHED');
    });

    it('lives on after a statement that fails', async () => {
      const { SessionId } = await execute(place, 'CREATE TEMP TABLE left_over AS SELECT 1 AS a', {
        SessionKeepAliveSeconds: 60,
      });
      expect((await execute(place, 'SELECT nowhere', { SessionId })).Status).toBe('FAILED');
      expect((await execute(place, 'SELECT * FROM left_over', { SessionId })).Status).toBe('FINISHED');
    });

    it('runs one statement at a time, says which, and lives on when that is cancelled', async () => {
      const { client, target } = place;
      const { Id, SessionId } = await client.send(
        new ExecuteStatementCommand({ ...target, Sql: endless, SessionKeepAliveSeconds: 60 }),
      );
      expect(await list({ SessionId })).toMatchObject([{ Status: 'BUSY', CurrentStatementId: Id }]);
      await expect(client.send(new ExecuteStatementCommand({ SessionId, Sql: 'SELECT 1' }))).rejects.toMatchObject({
        name: 'ValidationException',
      });
      await client.send(new CancelStatementCommand({ Id }));
      expect((await ended(place, Id)).Status).toBe('ABORTED');
      expect((await execute(place, 'SELECT 1', { SessionId })).Status).toBe('FINISHED');
    });

    it('is listed with the time that is left to it', async () => {
      const { SessionId } = await execute(place, 'SELECT 1', { SessionKeepAliveSeconds: 60 });
      const [session] = await list({ SessionId });
      expect(session).toMatchObject({
        ...{ SessionId, Status: 'AVAILABLE', SessionAliveSeconds: 60, Database: place.target.Database },
        ...{ CreatedAt: expect.any(Date), SessionTtl: expect.any(Date) },
      });
      expect((await list({ Status: 'AVAILABLE' })).map((each) => each.SessionId)).toContain(SessionId);
      expect((await list({ Status: 'CLOSED' })).map((each) => each.SessionId)).not.toContain(SessionId);
    });

    it('ends when its time is over, and is refused then', async () => {
      const { SessionId } = await execute(place, 'SELECT 1', { SessionKeepAliveSeconds: 1 });
      while ((await statusOf(SessionId)) !== 'CLOSED') await pause(50);
      await expect(
        place.client.send(new ExecuteStatementCommand({ SessionId, Sql: 'SELECT 1' })),
      ).rejects.toMatchObject({ name: expect.stringMatching(/^(ValidationException|ResourceNotFoundException)$/) });
    });

    it('that nobody opened is refused', async () => {
      await expect(
        place.client.send(new ExecuteStatementCommand({ SessionId: randomUUID(), Sql: 'SELECT 1' })),
      ).rejects.toMatchObject({ name: expect.stringMatching(/^(ValidationException|ResourceNotFoundException)$/) });
    });

    it('is listed by its id or by what it has, not by both', async () => {
      await expect(list({ SessionId: randomUUID(), Status: 'BUSY' })).rejects.toMatchObject({
        name: 'ValidationException',
      });
    });
  });
};
