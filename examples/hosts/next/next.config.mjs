/** @type {import('next').NextConfig} */
const config = {
  output: 'standalone',
  // stays a package of its own in the build, traced with its checkpoint
  serverExternalPackages: ['chronolight'],
};
export default config;
