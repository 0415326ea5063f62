export { AccountPage } from './AccountPage';
export { GuestLayout } from './GuestLayout';
export { LoginPage } from './LoginPage';
export { PasswordResetPage } from './PasswordResetPage';
export { RegisterPage } from './RegisterPage';
export { VerifyEmailPage } from './VerifyEmailPage';
