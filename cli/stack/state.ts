/** What a stack's status means for someone who wants to use or deploy it. */
export interface StackState {
  /** The pipeline is there and works, perhaps in an older version. */
  readonly usable: boolean;
  /** CloudFormation takes a deployment now. */
  readonly deployable: boolean;
  /** What to do; undefined when all is well. */
  readonly advice: string | undefined;
}

const well: StackState = { usable: true, deployable: true, advice: undefined };

const wait = (usable: boolean, what: string): StackState => ({
  usable,
  deployable: false,
  advice: `${what}: wait until it has ended, then run this again`,
});

/** Statuses are those of CloudFormation's user guide, "Stack status codes". `region` makes the commands exact. */
export const stackState = (name: string, status: string, region: string): StackState => {
  const remove = `sam delete --stack-name ${name} --region ${region}`;
  const reasons = 'the reason is in its events in the CloudFormation console';
  switch (status) {
    case 'CREATE_COMPLETE':
    case 'UPDATE_COMPLETE':
    case 'IMPORT_COMPLETE':
    case 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS':
      return well;
    // Told only of a stack that is asked for by its id.
    case 'DELETE_COMPLETE':
      return { usable: false, deployable: true, advice: 'it was deleted: make it anew with ./deploy.sh' };
    // The SAM CLI left a change set that was never executed: it makes the stack then.
    case 'REVIEW_IN_PROGRESS':
      return { usable: false, deployable: true, advice: 'it was never deployed: run ./deploy.sh' };
    case 'UPDATE_ROLLBACK_COMPLETE':
    case 'IMPORT_ROLLBACK_COMPLETE':
      return {
        usable: true,
        deployable: true,
        advice: `its last update was rolled back and the version before it runs: ${reasons}`,
      };
    case 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS':
    case 'UPDATE_ROLLBACK_IN_PROGRESS':
      return wait(true, 'its last update is being rolled back');
    case 'UPDATE_IN_PROGRESS':
    case 'IMPORT_IN_PROGRESS':
    case 'IMPORT_ROLLBACK_IN_PROGRESS':
      return wait(true, 'it is being updated');
    case 'CREATE_IN_PROGRESS':
      return wait(false, 'it is being made');
    case 'ROLLBACK_IN_PROGRESS':
    case 'DELETE_IN_PROGRESS':
      return wait(false, 'it is being removed');
    case 'ROLLBACK_COMPLETE':
    case 'CREATE_FAILED':
    case 'ROLLBACK_FAILED':
    case 'DELETE_FAILED':
      return {
        usable: false,
        deployable: false,
        advice: `it could not be made or removed, and CloudFormation takes no update of it: ${reasons}; remove it with ${remove}, then deploy again`,
      };
    case 'UPDATE_FAILED':
    case 'UPDATE_ROLLBACK_FAILED':
    case 'IMPORT_ROLLBACK_FAILED':
      return {
        usable: true,
        deployable: false,
        advice: `its update failed and so did the way back: ${reasons}; in the console choose "Continue update rollback", then deploy again`,
      };
    default:
      return {
        usable: false,
        deployable: false,
        advice: `CloudFormation says ${status}: see the CloudFormation console`,
      };
  }
};
