export { NotFoundPage, PageCrashed } from './ErrorPages';
export { Shell } from './Shell';
