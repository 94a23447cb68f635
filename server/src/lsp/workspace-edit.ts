/** Changes of a fix as a workspace edit, for exactly the texts they were made for. */
import { contentHash } from "../base/content-hash.js";
import {
  AnnotatedTextEdit,
  type ChangeAnnotation,
  CreateFile,
  TextDocumentEdit,
  type TextDocuments,
  TextEdit,
  type WorkspaceEdit,
} from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { FileChange, FixOffer } from "../service/fixes.js";
import type { ClientAbilities } from "./client-abilities.js";
import { toRange } from "./to-lsp.js";
import { uriOf } from "./uri.js";

export type EditResult =
  | { readonly kind: "edit"; readonly edit: WorkspaceEdit }
  /** One sentence for the user. */
  | { readonly kind: "refused"; readonly reason: string };

const ANNOTATION = "hotpath-review";

/** @param offer The fix, when it is one to be looked at first, or that of each file. */
export function toWorkspaceEdit(
  changes: readonly FileChange[],
  documents: Pick<TextDocuments<TextDocument>, "get">,
  abilities: ClientAbilities,
  offer?: FixOffer | ReviewOf,
): EditResult {
  const offerOf = typeof offer === "function" ? offer : () => offer;
  for (const { path, hash, createText } of changes) {
    const document = createText === undefined ? documents.get(uriOf(path)) : undefined;
    // An edit that came after the fix was made would find its offsets moved.
    if (document !== undefined && contentHash(document.getText()) !== hash)
      return { kind: "refused", reason: `${path} has changed meanwhile: ask for the fix again.` };
    if (createText !== undefined && !abilities.createsFiles)
      return {
        kind: "refused",
        reason: `This editor cannot create ${path} for a fix: use hotpath check --fix-review.`,
      };
  }
  if (!abilities.documentChanges && changes.every(({ createText }) => createText === undefined))
    return { kind: "edit", edit: { changes: Object.fromEntries(changes.map((one) => [uriOf(one.path), plain(one)])) } };
  const annotations: Record<string, ChangeAnnotation> = {};
  const documentChanges = changes.flatMap((change) => {
    const annotation = abilities.changeAnnotations ? annotate(annotations, offerOf(change)) : undefined;
    const uri = uriOf(change.path);
    const version = change.createText === undefined ? (documents.get(uri)?.version ?? null) : null;
    const edits =
      annotation === undefined
        ? plain(change)
        : inOne(change).map(({ range, newText }) => AnnotatedTextEdit.replace(range, newText, annotation));
    const edit = TextDocumentEdit.create({ uri, version }, edits);
    if (change.createText === undefined) return [edit];
    // Confirmed together with its text: an editor would else make an empty file when only the text is left out.
    return [CreateFile.create(uri, { ignoreIfExists: false }, annotation), edit];
  });
  const isPlain = Object.keys(annotations).length === 0;
  return {
    kind: "edit",
    edit: isPlain ? { documentChanges } : { documentChanges, changeAnnotations: annotations },
  };
}

/** The fix a change belongs to, where that is one to be looked at first and there are several. */
export type ReviewOf = (change: FileChange) => FixOffer | undefined;

/** Name of the annotation that asks for a look; undefined where none is needed. One for each title and note. */
function annotate(annotations: Record<string, ChangeAnnotation>, offer: FixOffer | undefined): string | undefined {
  if (offer?.safety !== "review") return undefined;
  const { title, note } = offer;
  const known = Object.entries(annotations).find(([, one]) => one.label === title && one.description === note);
  if (known !== undefined) return known[0];
  const count = Object.keys(annotations).length;
  const name = count === 0 ? ANNOTATION : `${ANNOTATION}-${count}`;
  annotations[name] = { label: title, needsConfirmation: true, ...(note === undefined ? {} : { description: note }) };
  return name;
}

function plain({ edits, createText }: FileChange): TextEdit[] {
  if (createText !== undefined) return [TextEdit.insert({ line: 0, character: 0 }, createText)];
  return edits.map(({ range, newText }) => TextEdit.replace(toRange(range), newText));
}

/** An editor that asks about edits asks about each of them; half a fix is none. */
function inOne(change: FileChange): TextEdit[] {
  const { whole } = change;
  return whole === undefined ? plain(change) : [TextEdit.replace(toRange(whole.range), whole.newText)];
}
