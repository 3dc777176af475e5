/** The two files of a report in a folder that holds nothing else of it: what a step of the Action leaves behind. */
import { join } from 'node:path';
import { makeFolder, writeFileAtomically } from '../base/files.ts';
import { renderPage } from './page/page.ts';
import type { Report } from './schema.ts';

export interface ReportFiles {
  readonly reportPath: string;
  readonly pagePath: string;
}

/** Where they lie in a folder. */
export const reportFiles = (folder: string): ReportFiles => ({
  reportPath: join(folder, 'report.json'),
  pagePath: join(folder, 'report.html'),
});

/** The page first: whoever finds `report.json` finds both. @throws InputError when the folder cannot be written */
export async function writeReport(report: Report, folder: string): Promise<ReportFiles> {
  const files = reportFiles(folder);
  makeFolder(folder);
  await writeFileAtomically(files.pagePath, renderPage(report));
  await writeFileAtomically(files.reportPath, `${JSON.stringify(report, null, 2)}\n`);
  return files;
}
