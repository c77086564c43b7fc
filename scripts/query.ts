/** Runs plain SQL, on whatever database. */
export type Query = <Row extends object>(text: string, values?: string[]) => Promise<Row[]>;
