/** The client's settings, asked for where the client can be asked, validated, in the analyzer's words. */
import type { _Connection } from "vscode-languageserver";
import type { ServiceOptions } from "../service/workspace-service.js";
import { readSettingValues } from "../workspace/setting-values.js";
import type { ClientAbilities } from "./client-abilities.js";

export interface SessionSettings {
  readonly enabled: boolean;
  readonly scope: "workspace" | "openFiles";
  readonly cacheEnabled: boolean;
  readonly cacheFolder: string | undefined;
  readonly overrides: ServiceOptions["overrides"];
  /** Options that only a new scan can take up. */
  readonly scan: Pick<ServiceOptions, "workers" | "maxFileBytes">;
  /** Equal keys mean that a change can be taken up without opening the workspace again. */
  readonly reopenKey: string;
}
