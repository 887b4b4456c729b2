/** The language server of PowerPC assembly: the pure functions of this folder, spoken in the Language Server Protocol. */
import {
  type CompletionItem,
  CompletionItemKind,
  type Connection,
  type Diagnostic,
  DiagnosticSeverity,
  DiagnosticTag,
  type DocumentSymbol,
  type InitializeResult,
  MarkupKind,
  type Range,
  SymbolKind,
  TextDocuments,
  TextDocumentSyncKind,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { IsaVersion } from '../../emulator/isa/instruction';
import {
  definitionOf,
  nameAt,
  readAssemblyFile,
  referencesTo,
  type AssemblyFile,
  type Definition,
} from './assembly-file';
import { completionsAt, type Proposal } from './completion';
import { findings, type Finding } from './diagnostics';
import { formatted } from './format';
import { hoverAt, mnemonicHover } from './hover';
import { includedTextMethod, type IncludedText, type IncludedTextArguments, type ServerSettings } from './protocol';
import { signaturesAt } from './signature';
import type { Piece } from './statements';

const capabilities: InitializeResult['capabilities'] = {
  textDocumentSync: TextDocumentSyncKind.Incremental,
  hoverProvider: true,
  completionProvider: { triggerCharacters: ['.'], resolveProvider: true },
  definitionProvider: true,
  referencesProvider: true,
  documentSymbolProvider: true,
  signatureHelpProvider: { triggerCharacters: [' ', ',', '('] },
  documentFormattingProvider: true,
};

const rangeOf = ({ line, start, end }: Piece): Range => ({
  start: { line, character: start },
  end: { line, character: end },
});
const isaOf: Readonly<Record<ServerSettings['processor'], IsaVersion>> = { power7: '2.06', power8: '2.07' };

/** Answers on a connection until it ends. */
export function serve(connection: Connection): void {
  const documents = new TextDocuments(TextDocument);
  const included = new Map<string, IncludedText | undefined>();
  const files = new Map<string, { readonly version: number; readonly file: AssemblyFile }>();
  let settings: ServerSettings = { processor: 'power8', privilegedHints: true };

  const find = (from: string, name: string) => included.get(`${from} ${name}`);
  const fileOf = (uri: string): AssemblyFile | undefined => {
    const document = documents.get(uri);
    if (!document) return undefined;
    const known = files.get(uri);
    if (known?.version === document.version) return known.file;
    const file = readAssemblyFile(uri, document.getText(), find, isaOf[settings.processor]);
    files.set(uri, { version: document.version, file });
    return file;
  };

  /** Asks the editor for what a file includes, down to the last; true when something new came. */
  const fetchIncluded = async (uri: string, text: string, depth = 0): Promise<boolean> => {
    let isNew = false;
    const names = readAssemblyFile(uri, text)
      .source.includes.filter((one) => !one.isSystem)
      .map((one) => one.name);
    for (const name of names) {
      const key = `${uri} ${name}`;
      if (included.has(key) || depth > DEEPEST_INCLUDE) continue;
      const wanted: IncludedTextArguments = { from: uri, name };
      const found = (await connection.sendRequest<IncludedText | null>(includedTextMethod, wanted)) ?? undefined;
      included.set(key, found);
      isNew = true;
      if (found) await fetchIncluded(found.uri, found.text, depth + 1);
    }
    return isNew;
  };

  const check = async (document: TextDocument): Promise<void> => {
    if (await fetchIncluded(document.uri, document.getText())) files.delete(document.uri);
    const file = fileOf(document.uri);
    if (!file || documents.get(document.uri)?.version !== document.version) return;
    const shown = findings(file).filter(({ code }) => code !== 'privileged' || settings.privilegedHints);
    await connection.sendDiagnostics({
      uri: document.uri,
      version: document.version,
      diagnostics: shown.map(diagnostic),
    });
  };

  connection.onInitialize(({ initializationOptions }) => {
    settings = (initializationOptions as ServerSettings | undefined) ?? settings;
    return { capabilities, serverInfo: { name: 'Key31 PowerPC assembly' } };
  });
  connection.onDidChangeConfiguration(({ settings: now }) => {
    settings = now as ServerSettings;
    files.clear();
    for (const document of documents.all()) void check(document);
  });
  connection.onDidChangeWatchedFiles(() => {
    included.clear();
    files.clear();
    for (const document of documents.all()) void check(document);
  });
  documents.onDidChangeContent(({ document }) => void check(document));
  documents.onDidClose(({ document }) => {
    files.delete(document.uri);
    void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
  });

  connection.onHover(({ textDocument, position }) => {
    const file = fileOf(textDocument.uri);
    const hover = file && hoverAt(file, position.line, position.character);
    return hover
      ? { contents: { kind: MarkupKind.Markdown, value: hover.markdown }, range: rangeOf(hover.piece) }
      : null;
  });
  connection.onCompletion(({ textDocument, position }) => {
    const file = fileOf(textDocument.uri);
    return file ? completionsAt(file, position.line, position.character).map(completionItem) : [];
  });
  connection.onCompletionResolve((item) => {
    const markdown = item.kind === CompletionItemKind.Keyword ? mnemonicHover(item.label) : undefined;
    return markdown === undefined ? item : { ...item, documentation: { kind: MarkupKind.Markdown, value: markdown } };
  });
  connection.onSignatureHelp(({ textDocument, position }) => {
    const file = fileOf(textDocument.uri);
    const help = file && signaturesAt(file, position.line, position.character);
    if (!help) return null;
    const signatures = help.signatures.map(({ label, parameters }) => ({ label, parameters: [...parameters] }));
    return { signatures, activeSignature: help.active, activeParameter: help.parameter };
  });

  const definitionAt = (uri: string, line: number, character: number): [AssemblyFile, Definition] | undefined => {
    const file = fileOf(uri);
    const name = file && nameAt(file, line, character);
    const own = file?.definitions.find(
      ({ place }) => place.uri === uri && place.line === line && place.start <= character && character <= place.end,
    );
    const found = own ?? (file && name && definitionOf(file, name.text, line));
    return file && found ? [file, found] : undefined;
  };
  connection.onDefinition(({ textDocument, position }) => {
    const [, found] = definitionAt(textDocument.uri, position.line, position.character) ?? [];
    return found ? { uri: found.place.uri, range: rangeOf(found.place) } : null;
  });
  connection.onReferences(({ textDocument, position }) => {
    const [file, found] = definitionAt(textDocument.uri, position.line, position.character) ?? [];
    return file && found ? referencesTo(file, found).map((piece) => ({ uri: file.uri, range: rangeOf(piece) })) : [];
  });
  connection.onDocumentSymbol(({ textDocument }) => {
    const file = fileOf(textDocument.uri);
    return file ? file.definitions.filter(({ place }) => place.uri === file.uri).map(documentSymbol) : [];
  });
  connection.onDocumentFormatting(({ textDocument }) => {
    const document = documents.get(textDocument.uri);
    if (!document) return [];
    return [...formatted(document.getText())].map(([line, newText]) => ({
      range: { start: { line, character: 0 }, end: { line, character: Number.MAX_SAFE_INTEGER } },
      newText,
    }));
  });

  documents.listen(connection);
  connection.listen();
}
const DEEPEST_INCLUDE = 16;

const severities = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
} as const;
const diagnostic = ({ piece, severity, code, message }: Finding): Diagnostic => ({
  range: rangeOf(piece),
  severity: severities[severity],
  code,
  source: 'Key31',
  message,
  ...(code === 'not-on-processor' ? { tags: [DiagnosticTag.Unnecessary] } : {}),
});

const itemKinds = {
  instruction: CompletionItemKind.Keyword,
  directive: CompletionItemKind.Property,
  register: CompletionItemKind.Variable,
  symbol: CompletionItemKind.Constant,
  macro: CompletionItemKind.Function,
} as const;
const completionItem = ({ label, kind, detail, insert }: Proposal): CompletionItem => ({
  label,
  kind: itemKinds[kind],
  ...(detail === undefined ? {} : { detail }),
  ...(insert === undefined ? {} : { insertText: insert, filterText: label }),
});

const symbolKinds = {
  label: SymbolKind.Function,
  macro: SymbolKind.Method,
  constant: SymbolKind.Constant,
  define: SymbolKind.Constant,
} as const;
const documentSymbol = ({ place, kind, value }: Definition): DocumentSymbol => ({
  name: place.text,
  kind: symbolKinds[kind],
  ...(value === undefined ? {} : { detail: value }),
  range: rangeOf(place),
  selectionRange: rangeOf(place),
});
