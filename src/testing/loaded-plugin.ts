/** A plugin that runs alone, for a test of it. */
export interface LoadedPlugin<Api = unknown> extends AsyncDisposable {
  /** The plugin's name: its folder's name. */
  readonly name: string;
  /** What `initPlugin` returned; after `reload`, what the new generation's returned. */
  readonly api: Api;
  /**
   * Reads the plugin from disk again and puts a new generation in service.
   *
   * @throws PlugoError What is wrong with the new one; the old one stays in service.
   */
  readonly reload: () => Promise<void>;
  /**
   * Ends the plugin. Later calls wait for the same end, and report nothing again.
   *
   * @throws PlugoError `PLUGO_LEFT_BEHIND`, which names each thing that the plugin has not undone: timers and handles
   * that are open, listeners on `process` and on emitters of the context, functions and instances in the context, routes
   * on an application that is no plugin's view, and undos that failed.
   */
  readonly dispose: () => Promise<void>;
}
