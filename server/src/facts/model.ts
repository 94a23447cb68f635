/**
 * The facts of one file: everything later stages may know about it, as plain JSON.
 *
 * A file is lowered once, in one syntax walk, to flat tables that point at each other by index: expressions, regions
 * (what runs how often and under which condition), functions, bindings, classes, types, imports and exports. No syntax
 * node leaves the walk, nothing here depends on another file, and the same text always yields the same value, so facts
 * can be hashed, stored on disk, sent between threads and compared.
 *
 * All offsets are UTF-16 code units. An index of `NONE` (-1) means "there is none".
 */
import type { Span } from "../base/span.js";

/** Bumped whenever the meaning or shape of anything in this file changes; part of every cache key. */
export const EXTRACTOR_VERSION = 2;

export const NONE = -1;

export type ExprId = number;
export type RegionId = number;
/** Index into `FileFacts.functions`; 0 is the module body. */
export type FunctionId = number;
export type BindingId = number;
export type ClassId = number;

export interface FileFacts {
  readonly extractorVersion: number;
  /** Offset of the first character of each line. */
  readonly lineStarts: readonly number[];
  readonly exprs: readonly Expr[];
  /** Entry 0 is the module body. */
  readonly functions: readonly FunctionFact[];
  /** Entry 0 is the module body's own region. */
  readonly regions: readonly RegionFact[];
  readonly bindings: readonly BindingFact[];
  readonly classes: readonly ClassFact[];
  readonly types: readonly TypeDeclarationFact[];
  readonly imports: readonly ImportFact[];
  readonly exports: readonly ExportFact[];
  /** Statements that leave a region early or hand a value out: `return`, `throw`, `break`, `continue`, `yield`. */
  readonly exits: readonly ExitFact[];
  readonly suppressions: readonly SuppressionFact[];
  /** File-level directive prologues such as `use server` and `use client`. */
  readonly directives: readonly string[];
  readonly problems: readonly FileProblem[];
}

/** Something that kept part of a file from being understood. The rest of the facts are still valid. */
export interface FileProblem {
  readonly kind: "syntax-error" | "too-deep" | "truncated";
  readonly message: string;
  readonly span: Span;
}

// ---------------------------------------------------------------------------------------------- expressions

interface ExprBase extends Span {
  /** Enclosing expression, or `NONE` at statement level or directly inside a function. */
  readonly parent: ExprId;
  /** Innermost region that evaluates this expression. */
  readonly region: RegionId;
}

/**
 * An expression. Parentheses, type assertions (`as`, `satisfies`, `<T>x`) and `!` are transparent: they are not
 * represented, but `as T` is kept on the inner expression as `asserted`.
 */
export type Expr = ExprBase & { readonly asserted?: TypeRef } & (
    | {
        readonly kind: "ref";
        readonly name: string;
        /** Resolved lexically in this file; `NONE` for globals. */ readonly binding: BindingId;
      }
    | { readonly kind: "this" }
    | { readonly kind: "super" }
    | {
        readonly kind: "member";
        readonly object: ExprId;
        readonly name: string;
        /** Where the name stands. */ readonly nameStart: number;
        readonly optional?: true;
      }
    | { readonly kind: "index"; readonly object: ExprId; readonly index: ExprId }
    | {
        readonly kind: "call";
        readonly callee: ExprId;
        readonly args: readonly ExprId[];
        readonly typeArgs?: readonly TypeRef[];
      }
    | {
        readonly kind: "new";
        readonly callee: ExprId;
        readonly args: readonly ExprId[];
        readonly typeArgs?: readonly TypeRef[];
      }
    | {
        readonly kind: "literal";
        /** Strings over 20,000 characters are cut. */ readonly value: string | number | boolean | null;
      }
    | { readonly kind: "regexp"; readonly source: string; readonly flags: string }
    /** `parts` are cooked; there is one more part than `exprs`. `tag` is `NONE` for an untagged template. */
    | {
        readonly kind: "template";
        readonly tag: ExprId;
        readonly parts: readonly string[];
        readonly exprs: readonly ExprId[];
      }
    | { readonly kind: "object"; readonly props: readonly ObjectProp[] }
    | { readonly kind: "array"; readonly elements: readonly ExprId[] }
    | { readonly kind: "function"; readonly fn: FunctionId }
    | { readonly kind: "class"; readonly cls: ClassId }
    | { readonly kind: "await"; readonly value: ExprId }
    | { readonly kind: "yield"; readonly value: ExprId; readonly delegate?: true }
    | { readonly kind: "spread"; readonly value: ExprId }
    | { readonly kind: "conditional"; readonly test: ExprId; readonly whenTrue: ExprId; readonly whenFalse: ExprId }
    | { readonly kind: "logical"; readonly op: "&&" | "||" | "??"; readonly left: ExprId; readonly right: ExprId }
    | { readonly kind: "binary"; readonly op: string; readonly left: ExprId; readonly right: ExprId }
    | { readonly kind: "unary"; readonly op: string; readonly value: ExprId }
    /** Plain and compound assignment, `++` and `--` (value `NONE`). A destructuring target is an `object`/`array` expression. */
    | { readonly kind: "assign"; readonly op: string; readonly target: ExprId; readonly value: ExprId }
    | { readonly kind: "import"; /** `import(...)` */ readonly value: ExprId }
    /** Anything else (JSX, meta properties, big integers …) with the sub-expressions it evaluates. */
    | { readonly kind: "other"; readonly children: readonly ExprId[] }
  );

export type ExprOf<K extends Expr["kind"]> = Extract<Expr, { readonly kind: K }>;

export interface ObjectProp {
  /** Property name; undefined for a spread or a computed name that is not a literal. */
  readonly name?: string;
  readonly kind: "value" | "shorthand" | "method" | "getter" | "setter" | "spread" | "computed";
  readonly value: ExprId;
  /** Expression of a computed name: `Op.in` of `{ [Op.in]: ids }`. */
  readonly key?: ExprId;
}

// ---------------------------------------------------------------------------------------------- regions

/**
 * A stretch of code that runs zero, one or many times per run of its parent. Every function body is a region of its
 * own whose `parent` is `NONE`: who runs it is decided by the call graph (`FunctionFact.passedTo`).
 */
export interface RegionFact {
  readonly kind:
    | "function"
    | "loop"
    /** `then`, `else`, a `case`, a ternary arm, or the right side of `&&`, `||`, `??` and of `&&=`, `||=`, `??=`. */
    | "branch"
    | "try"
    | "catch"
    | "finally"
    | "block";
  readonly parent: RegionId;
  readonly fn: FunctionId;
  readonly span: Span;
  readonly loop?: LoopFact;
  readonly branch?: BranchFact;
}

export interface LoopFact {
  readonly form: "for-of" | "for-await" | "for-in" | "for" | "while" | "do";
  /** The whole statement; `RegionFact.span` is the body (with condition and increment). */
  readonly statement: Span;
  /** Iterated expression of `for-of`, `for-await`, `for-in`. */
  readonly over: ExprId;
  /** Bindings declared by the loop head: the element (possibly destructured) or the counters. */
  readonly bindings: readonly BindingId[];
  /** Initialiser expressions of a `for`. */
  readonly init: readonly ExprId[];
  readonly test: ExprId;
  readonly step: ExprId;
  readonly label?: string;
}

export interface BranchFact {
  readonly test: ExprId;
  readonly arm: "then" | "else" | "case" | "default" | "and" | "or" | "nullish";
}

// ---------------------------------------------------------------------------------------------- functions

export interface FunctionFact {
  readonly kind:
    | "module"
    | "function"
    | "arrow"
    | "method"
    | "constructor"
    | "getter"
    | "setter"
    | "static-block"
    | "field-initializer";
  /** Own name, or the name of the variable, property or class member it initialises; "" when anonymous. */
  readonly name: string;
  readonly span: Span;
  /** Where a reader would point at: the name, or the `=>`/`function` token when anonymous. */
  readonly nameSpan: Span;
  readonly parent: FunctionId;
  /** Region in which the function value is created. */
  readonly definedIn: RegionId;
  /** Own body region. */
  readonly body: RegionId;
  /** The `function` expression that stands for it, or `NONE` for declarations and class members. */
  readonly expr: ExprId;
  /** Binding of a function declaration, or of the variable it initialises directly. */
  readonly binding: BindingId;
  /** Class it is a member of, or `NONE`. */
  readonly cls: ClassId;
  readonly static?: true;
  readonly async?: true;
  readonly generator?: true;
  readonly params: readonly ParamFact[];
  readonly returnType?: TypeRef;
  readonly typeParams?: readonly string[];
  /** Decorator expressions, in source order. */
  readonly decorators?: readonly ExprId[];
  /** Values of `return` statements, or the body expression of an arrow. */
  readonly returns: readonly ExprId[];
  /** Set when the function expression is written as an argument of a call or `new`. */
  readonly passedTo?: { readonly call: ExprId; readonly arg: number };
  /** Function-level directives such as `use server` and `use cache`. */
  readonly directives?: readonly string[];
}

export interface ParamFact {
  /** The parameter's binding; `NONE` when it is destructured (see `bindings` whose `param` is this index). */
  readonly binding: BindingId;
  readonly type?: TypeRef;
  readonly init: ExprId;
  readonly rest?: true;
  readonly optional?: true;
  /** `private`, `readonly`, … parameter property of a constructor: also a class member of this name. */
  readonly property?: string;
  readonly decorators?: readonly ExprId[];
}

// ---------------------------------------------------------------------------------------------- bindings

export interface BindingFact {
  readonly name: string;
  readonly kind:
    "const" | "let" | "var" | "param" | "function" | "class" | "enum" | "import" | "catch" | "type" | "namespace";
  readonly span: Span;
  /** Function whose run creates the binding; 0 for module level. */
  readonly fn: FunctionId;
  readonly region: RegionId;
  /** Initialiser, or for a destructured binding the expression that is taken apart; `NONE` for parameters and loop elements. */
  readonly init: ExprId;
  /** Steps from `init` (or the parameter, or the loop element) to this binding: property names, array positions as digits, `...` for a rest. */
  readonly path?: readonly string[];
  /** Default used when the destructured value is undefined. */
  readonly fallback?: ExprId;
  readonly type?: TypeRef;
  /** Parameter index within `fn` for `kind: "param"`. */
  readonly param?: number;
  /** Region of the loop whose element (or counter) this is. */
  readonly loop?: RegionId;
  readonly cls?: ClassId;
  readonly function?: FunctionId;
  readonly import?: number;
  /**
   * Assignments after the declaration, in source order: `assign` expressions, and for a name that is the target of a loop or a `var` declared again, the
   * expression iterated or the later initialiser.
   */
  readonly writes: readonly ExprId[];
  /** Enum members with literal values, for `kind: "enum"`. */
  readonly members?: readonly { readonly name: string; readonly value?: string | number }[];
}

// ---------------------------------------------------------------------------------------------- classes and types

export interface ClassFact {
  readonly name: string;
  readonly span: Span;
  readonly binding: BindingId;
  /** Expression after `extends`, or `NONE`. */
  readonly superclass: ExprId;
  readonly superTypeArgs?: readonly TypeRef[];
  readonly implements: readonly TypeRef[];
  readonly abstract?: true;
  readonly typeParams?: readonly string[];
  readonly decorators: readonly ExprId[];
  readonly members: readonly ClassMemberFact[];
}

export interface ClassMemberFact {
  readonly name: string;
  readonly kind: "method" | "property" | "getter" | "setter" | "constructor" | "parameter-property";
  readonly static?: true;
  readonly abstract?: true;
  /** Method, accessor or constructor function, or the function a property is initialised with; `NONE` otherwise. */
  readonly fn: FunctionId;
  readonly type?: TypeRef;
  readonly init: ExprId;
  readonly span: Span;
  readonly decorators: readonly ExprId[];
  /** Right sides of `this.name = …` found in this class's own methods. */
  readonly assigned: readonly ExprId[];
}

/**
 * A type as written. `name` is the dotted name (`Prisma.TransactionClient`) or one of the constructors below:
 * `[]` (args: element), `|` and `&` (args: parts), `=>` (args: return, then parameters), `{}` (members), `[,]` (tuple), `typeof` (target in
 * `text`), `literal` (`text`), `keyof`, `index` (`T[K]`: args T, K), `import` (`import("m").X`: `text` is m, `member` X), `?` for anything else.
 */
export interface TypeRef {
  readonly name: string;
  readonly args?: readonly TypeRef[];
  readonly members?: Readonly<Record<string, TypeRef>>;
  readonly text?: string;
  readonly member?: string;
}

export interface TypeDeclarationFact {
  readonly name: string;
  readonly kind: "interface" | "alias";
  readonly span: Span;
  readonly typeParams?: readonly string[];
  /** Aliased type. */
  readonly type?: TypeRef;
  /** Members of an interface: properties by type, methods as `=>`. */
  readonly members?: Readonly<Record<string, TypeRef>>;
  readonly extends?: readonly TypeRef[];
}

// ---------------------------------------------------------------------------------------------- modules

export interface ImportFact {
  readonly module: string;
  /** Exported name taken, `default`, or `*` for the namespace (also `import x = require()` and `const x = require()`). */
  readonly imported: string;
  readonly local: string;
  readonly typeOnly?: true;
  readonly span: Span;
  /** `require` calls and `import()` are recorded too, so that every module this file can load is listed. */
  readonly form: "import" | "require" | "dynamic" | "side-effect";
}

export interface ExportFact {
  /** Exported name; `*` re-exports everything of `module`, `=` is `module.exports = …` or `export =`. */
  readonly name: string;
  /** Binding exported, or `NONE`. */
  readonly binding: BindingId;
  /** Value of `export default …`, `module.exports = …`, `exports.x = …`; else `NONE`. */
  readonly expr: ExprId;
  /** Name of an exported type declaration or local name, when there is one. */
  readonly local?: string;
  /** Module of a re-export. */
  readonly module?: string;
  /** Name in `module` of a re-export; `*` for `export * as name`. */
  readonly imported?: string;
  readonly typeOnly?: true;
}

export interface ExitFact {
  readonly kind: "return" | "throw" | "break" | "continue" | "yield";
  readonly region: RegionId;
  readonly expr: ExprId;
  readonly span: Span;
  readonly label?: string;
}

// ---------------------------------------------------------------------------------------------- suppressions

/** `// hotpath-ignore-next-line rule, rule -- reason` or `// hotpath-ignore-file rule -- reason`. */
export interface SuppressionFact {
  readonly scope: "next-line" | "file";
  /** Rules or families named; empty means all. */
  readonly rules: readonly string[];
  readonly reason?: string;
  readonly span: Span;
  /** Zero-based line the comment applies to; for `next-line` the next line that is not a comment. */
  readonly line: number;
}
