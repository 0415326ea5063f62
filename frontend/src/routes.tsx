import { createBrowserRouter } from 'react-router';

import { NotFoundPage, PageCrashed, Shell } from './features/shell';

export const router = createBrowserRouter([
  {
    element: <Shell />,
    errorElement: <PageCrashed />,
    hydrateFallbackElement: <></>,
    children: [
      {
        errorElement: <PageCrashed />,
        children: [
          { index: true, lazy: () => import('./features/challenges') },
          { path: 'challenges/:slug/:tab?', lazy: () => import('./features/challenge') },
          { path: 'challenges/:slug/models/:algorithmId', lazy: () => import('./features/models') },
          { path: 'runs/:runId', lazy: async () => ({ Component: (await import('./features/models')).RunPage }) },
          { path: 'trainings/:trainingId', lazy: async () => ({ Component: (await import('./features/models')).TrainingPage }) },
          { path: 'phases/:phaseId/submit', lazy: () => import('./features/submit') },
          { path: 'submissions', lazy: () => import('./features/submissions') },
          {
            path: 'submissions/:submissionId',
            lazy: async () => ({ Component: (await import('./features/submissions')).SubmissionPage }),
          },
          { path: 'cases/:caseId', lazy: () => import('./features/cases') },
          {
            lazy: async () => ({ Component: (await import('./features/account')).GuestLayout }),
            children: [
              {
                path: 'login',
                lazy: async () => ({ Component: (await import('./features/account')).LoginPage }),
              },
              {
                path: 'register',
                lazy: async () => ({ Component: (await import('./features/account')).RegisterPage }),
              },
              {
                path: 'password/reset/:key?',
                lazy: async () => ({ Component: (await import('./features/account')).PasswordResetPage }),
              },
              {
                path: 'verify-email/:key',
                lazy: async () => ({ Component: (await import('./features/account')).VerifyEmailPage }),
              },
            ],
          },
          { path: 'account', lazy: async () => ({ Component: (await import('./features/account')).AccountPage }) },
          { path: 'organize/*', lazy: () => import('./features/organizer') },
          { path: 'console/adjudications/:adjudicationId', lazy: () => import('./features/adjudication') },
          { path: 'rate/adjudications/:adjudicationId', lazy: () => import('./features/adjudication') },
          { path: 'rate/:assignmentId/studio', lazy: () => import('./features/studio') },
          { path: 'rate/*', lazy: () => import('./features/rater') },
          { path: '*', element: <NotFoundPage /> },
        ],
      },
    ],
  },
]);
