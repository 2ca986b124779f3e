/** What goes over a bus: a plain object with a `type`. */
export interface Message {
  readonly type: string;
}

declare const ANSWER: unique symbol;
declare const RESULT: unique symbol;

/** A message that asks for an `Answer`: `interface FindUser extends Query<User> { type: 'FindUser'; id: string }`. */
export interface Query<Answer> extends Message {
  /** Never there: carries the type of the answer. */
  readonly [ANSWER]?: Answer;
}

/** A message that asks somebody to do something, which comes to a `Result`. */
export interface Task<Result = void> extends Message {
  /** Never there: carries the type of the result. */
  readonly [RESULT]?: Result;
}

/** The queries among messages. */
export type QueryOf<M extends Message> = M extends unknown ? (typeof ANSWER extends keyof M ? M : never) : never;

/** The tasks among messages. */
export type TaskOf<M extends Message> = M extends unknown ? (typeof RESULT extends keyof M ? M : never) : never;

/** What a query is answered with. */
export type AnswerOf<Q extends Message> = Q extends Query<infer Answer> ? Answer : never;

/** What a task comes to. */
export type ResultOf<T extends Message> = T extends Task<infer Result> ? Result : never;

/** The message of this type among messages. */
export type MessageOf<M extends Message, Type extends string> = Extract<M, { readonly type: Type }>;
