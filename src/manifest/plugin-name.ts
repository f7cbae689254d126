const pattern = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,213}$/;

/** What {@link isPluginName} accepts, as part of a sentence. */
export const pluginNameRule = 'letters, digits, "_", "-" and ".", at most 214, not starting with "."';

/** {@link isPluginName} as the text of a pattern, without its anchors and for use in others. */
export const pluginNamePattern: string = pattern.source.slice(1, -1);

/**
 * Whether a plugin can have this name: it is a folder's name, part of URLs and of package names, and must not leave
 * the plugin directory. `__proto__` is refused because no plain object could hold it.
 */
export function isPluginName(name: string): boolean {
  return pattern.test(name) && name !== "__proto__";
}

/** A name for a message: what someone made up to do harm is cut short. */
export function shortName(name: string): string {
  return name.length > 80 ? `${name.slice(0, 80)}…` : name;
}
