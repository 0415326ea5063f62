/** Which case a labelmap's file is of, by its name. Pure. */
interface Named {
  readonly id: string;
  readonly name: string;
}

export interface MatchedFile<Of extends Named> {
  readonly file: File;
  /** Null where its name begins with no case's. */
  readonly of: Of | null;
}

/** The case of the longest name that the file's name is, or begins with before something that goes on no word. */
export function matchFiles<Of extends Named>(files: readonly File[], cases: readonly Of[]): MatchedFile<Of>[] {
  const longestFirst = [...cases].sort((a, b) => b.name.length - a.name.length);
  return files.map((file) => ({ file, of: longestFirst.find(({ name }) => belongsTo(file.name, name)) ?? null }));
}

function belongsTo(fileName: string, caseName: string): boolean {
  return fileName.startsWith(caseName) && !/^[\p{L}\p{N}]/u.test(fileName.slice(caseName.length));
}
