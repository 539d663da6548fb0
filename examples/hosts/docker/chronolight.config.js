import { createContext, krx } from 'chronolight';
import { csvPrices } from 'chronolight/prices/csv';
import { postgresStore } from 'chronolight/store/postgres';

export const context = createContext({
  market: krx,
  prices: csvPrices('data/'),
  store: await postgresStore({ connectionString: process.env.DATABASE_URL }),
});
export const codes = (process.env.CODES ?? '005930,000660').split(',');
