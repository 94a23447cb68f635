/** The version of this build, put in by the bundler; `0.0.0-dev` when run from sources. */
declare const HOTPATH_VERSION: string | undefined;

export const version: string = typeof HOTPATH_VERSION === "string" ? HOTPATH_VERSION : "0.0.0-dev";
