export type { Purpose, UploadTarget } from './resumable';
export { UploadField } from './UploadField';
export { type ResumableUpload, type UploadState, useResumableUpload } from './useResumableUpload';
