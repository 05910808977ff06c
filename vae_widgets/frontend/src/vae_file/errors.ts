/** A file that is not shown: its message says why, in the words of vae_widgets/bundle. */
export class BadFileError extends Error {}
