/** Method names that identify the one class declaring them, even where the receiver is out of sight. */

/** Shorter names, and names of a single word, mean too many things. */
const shortest = 8;

/** Names of several words that built-ins, browsers and everybody's frameworks use too. */
const common: ReadonlySet<string> = new Set(
  (
    "toString valueOf hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toISOString toDateString toLocaleDateString toLocaleTimeString toUTCString " +
    "toLowerCase toUpperCase toLocaleLowerCase toLocaleUpperCase replaceAll startsWith endsWith padStart padEnd charCodeAt codePointAt localeCompare matchAll trimStart trimEnd substring " +
    "lastIndexOf findIndex findLast findLastIndex flatMap forEach copyWithin toSorted toReversed toSpliced getTime getFullYear getMonth getDate getHours getMinutes getSeconds " +
    "getMilliseconds getTimezoneOffset setFullYear setMonth setDate setHours setMinutes setSeconds setMilliseconds toFixed toPrecision toExponential arrayBuffer formData " +
    "addEventListener removeEventListener dispatchEvent preventDefault stopPropagation stopImmediatePropagation querySelector querySelectorAll getElementById getElementsByTagName " +
    "getElementsByClassName getAttribute setAttribute removeAttribute hasAttribute appendChild removeChild insertBefore replaceChild replaceChildren cloneNode createElement createTextNode " +
    "getBoundingClientRect scrollIntoView scrollTo scrollBy getComputedStyle getSelection getRangeAt removeAllRanges getContext requestSubmit setTimeout setInterval clearTimeout " +
    "setItem getItem removeItem getReader getWriter releaseLock setHeader getHeader removeHeader writeHead flushHeaders sendFile sendStatus addListener removeListener removeAllListeners " +
    "setMaxListeners listenerCount setEncoding findOne findOneBy findMany findFirst findUnique findById findByIds findByPk findAll findAndCount createMany updateMany deleteMany updateOne " +
    "deleteOne insertOne insertMany bulkCreate bulkWrite createQueryBuilder getRepository getMany getOne getRawMany getRawOne leftJoinAndSelect innerJoinAndSelect andWhere orWhere orderBy groupBy " +
    "toObject toJSON toArray getValue setValue getValues setValues getStatus setStatus getState setState getData setData getName setName getInstance getOptions setOptions getConfig setConfig " +
    "handleRequest handleError handleEvent handleMessage canActivate isEnabled isValid isArray isEmpty onError onSuccess onChange onClick onClose onModuleInit onModuleDestroy switchToHttp getRequest " +
    "getResponse getHandler getClass getArgs componentDidMount shouldComponentUpdate"
  ).split(" "),
);

/** Whether a method of that name is likely to be the only one of its kind: long, of several words, and not everybody's. */
export function isDistinctive(name: string): boolean {
  return shortest <= name.length && /[a-z][A-Z]/.test(name) && !common.has(name);
}
