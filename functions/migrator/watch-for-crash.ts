/** Hears of errors that nobody caught, before the runtime ends the process over them. */
export const watchForCrash = (onCrash: (error: unknown) => void): (() => void) => {
  process.on('uncaughtException', onCrash);
  process.on('unhandledRejection', onCrash);
  return () => {
    process.off('uncaughtException', onCrash);
    process.off('unhandledRejection', onCrash);
  };
};
