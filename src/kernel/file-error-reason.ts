/** Why a file or folder cannot be read or written, as the end of a sentence. */
export function fileErrorReason(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "it does not exist";
  if (code === "ENOTDIR") return "it is no folder";
  if (code === "EISDIR") return "it is a folder, not a file";
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  if (code === "EROFS") return "the file system is read-only";
  if (code === "ENOSPC" || code === "EDQUOT") return "no space is left";
  if (code === "ELOOP") return "its symbolic links lead in a circle";
  return error instanceof Error ? error.message : String(error);
}
