/**
 * Packages that do their work inside the process, from their documentation: waiting for one of their functions is no query and no remote call. A trailing `*`
 * matches a prefix.
 */
const PACKAGES = `
  node:fs* node:crypto node:zlib node:path node:util node:timers* node:stream* node:events node:os node:url node:buffer node:worker_threads node:perf_hooks
  node:async_hooks node:querystring node:string_decoder node:assert node:child_process node:readline*
  bcrypt bcryptjs argon2 @node-rs/* jsonwebtoken jose @nestjs/jwt oslo* @oslojs/* otplib speakeasy @simplewebauthn/* better-auth/plugins*
  zod yup joi valibot ajv* class-validator class-transformer superstruct io-ts arktype @sinclair/typebox*
  sharp jimp canvas @napi-rs/canvas satori qrcode file-type mime* image-size exifr blurhash
  pdf-lib @cantoo/pdf-lib @libpdf/* pdfkit pdfjs-dist* pdf-parse exceljs xlsx mammoth docx csv-parse* csv-stringify* papaparse archiver jszip yauzl adm-zip tar*
  marked mjml* handlebars ejs pug @react-email/* react-email react-dom* react cheerio jsdom turndown sanitize-html dompurify isomorphic-dompurify remark* rehype*
  unified shiki prettier typescript esbuild yaml js-yaml @tiptap/* yjs y-prosemirror prosemirror* superjson
  uuid nanoid cuid @paralleldrive/cuid2 slugify fractional-indexing* lodash* underscore radash remeda ts-pattern neverthrow fp-ts* effect dayjs date-fns* luxon
  moment* ms p-limit p-queue p-map p-retry async-mutex fs-extra graceful-fs tmp tmp-promise glob fast-glob globby rimraf
  @aws-sdk/s3-request-presigner @aws-sdk/cloudfront-signer aws-cloudfront-sign
  hono* @hono/* koa* @koa/* express* fastify* @fastify/* cookie* next/headers next/navigation next/cache next/server next-intl* i18next* nestjs-i18n @lingui/*
`;

const exact = new Set<string>();
const prefixes: string[] = [];
for (const name of PACKAGES.trim().split(/\s+/)) {
  if (name.endsWith("*")) prefixes.push(name.slice(0, -1));
  else exact.add(name);
}

export function isLocalPackage(module: string): boolean {
  return exact.has(module) || prefixes.some((prefix) => module.startsWith(prefix));
}
