/** What a project says about how its files are to be compiled. */
export interface TransformSettings {
  readonly legacyDecorators: boolean;
  readonly decoratorMetadata: boolean;
  readonly strictNullChecks: boolean;
  /** Class fields are defined (the language's way), not assigned. */
  readonly defineFields: boolean;
  /** Imports are kept as they are written, but for those marked with `type`. */
  readonly verbatimImports: boolean;
  readonly jsx: JsxSettings;
}

export interface JsxSettings {
  readonly runtime: "automatic" | "classic";
  readonly development: boolean;
  readonly importSource: string | undefined;
  readonly pragma: string | undefined;
  readonly pragmaFrag: string | undefined;
}

export const defaultSettings: TransformSettings = {
  legacyDecorators: false,
  decoratorMetadata: false,
  strictNullChecks: true,
  defineFields: true,
  verbatimImports: false,
  jsx: { runtime: "automatic", development: false, importSource: undefined, pragma: undefined, pragmaFrag: undefined },
};

/** The settings as a short text, for telling compiled files apart; empty for the default. */
export function settingsKey(settings: TransformSettings): string {
  const key = JSON.stringify(settings);
  return key === defaultKey ? "" : key;
}

const defaultKey = JSON.stringify(defaultSettings);
